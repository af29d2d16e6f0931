"""What several verbs share: typed values in, typed values out."""
