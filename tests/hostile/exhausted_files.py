with open("/tmp/big", "wb") as file:
    while True:
        file.write(b"0" * 2**20)
