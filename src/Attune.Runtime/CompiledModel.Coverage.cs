namespace Attune.Runtime;

/// <content>What runs the nodes.</content>
public sealed partial class CompiledModel
{
    /// <summary>What runs each node of the network, and why a reference kernel where it is one.</summary>
    public ModelCoverage Coverage { get; private init; } = new([]);
}
