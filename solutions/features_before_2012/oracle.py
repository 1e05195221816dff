# no oracle for features: what a method of the literature computes is a fact; nothing computes it
# no oracle for neocognitron: facts of history
