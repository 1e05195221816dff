# fails: gives_each_input_its_caption, keeps_chains_apart
def pairs(images, captions):
    chain = images[0]
    return chain[1:], [captions[0]] * (len(chain) - 1), chain[:-1]
