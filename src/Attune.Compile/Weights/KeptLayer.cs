namespace Attune.Compile.Weights;

/// <summary>A layer whose weights keep 32-bit floats.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Reason">Why.</param>
public sealed record KeptLayer(string Node, string Reason);
