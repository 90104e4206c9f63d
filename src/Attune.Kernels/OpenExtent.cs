namespace Attune.Kernels;

/// <summary>One extent of an input as its model declares it.</summary>
/// <param name="Value">The number, or -1 where it is open.</param>
/// <param name="Symbol">Name of the open extent; extents of one name are equal. Empty where it has none, or is a number.</param>
public readonly record struct OpenExtent(long Value, string Symbol);
