namespace Attune.Runtime.Files.Weights;

/// <summary>Where an array lies in the weights. A class: lists and queries of values are not precompiled, and every load needs some.</summary>
/// <param name="Data">The array; null where it stays in the file.</param>
/// <param name="Position">First byte.</param>
/// <param name="Length">Bytes.</param>
internal sealed record WeightPlace(Array? Data, long Position, long Length);
