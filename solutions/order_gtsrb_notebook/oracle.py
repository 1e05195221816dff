# no oracle for order: the blocks are sentences; what each needs is said in them
