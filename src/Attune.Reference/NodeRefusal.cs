namespace Attune.Reference;

/// <summary>Why the reference kernels refuse a node, as far as its attributes, types and constants tell.</summary>
/// <param name="Unsupported">True when a kernel is missing for this combination; false when the node contradicts its operator's definition.</param>
/// <param name="Message">The same sentence that running the node would fail with.</param>
internal sealed record NodeRefusal(bool Unsupported, string Message);
