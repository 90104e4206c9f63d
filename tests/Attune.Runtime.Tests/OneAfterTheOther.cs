// Some tests count the bytes that the whole process allocates; a neighbour's allocations would be taken for theirs.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
