package dev.selfpruner.gpu.export;

/** Rows and columns of a matrix that stay; a vector is a matrix of one column. */
record KeptPart(IndexRanges rows, IndexRanges columns) {}
