using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// A place in the run of a network whose types become known on the way: which nodes are still to run, and which values they need. What comes next depends on
/// the types of those values; one stage is kept for each set of types that was met here.
/// </summary>
internal sealed class Position
{
    /// <summary>Describes a place.</summary>
    /// <param name="outputs">Names of the network's outputs.</param>
    /// <param name="constants">Constants so far; they are no values of the run.</param>
    /// <param name="remaining">Nodes that are still to run, in topological order.</param>
    public Position(ImmutableArray<string> outputs, ImmutableDictionary<string, Tensor> constants, ImmutableArray<Node> remaining)
    {
        Remaining = remaining;
        Constants = constants;
        var written = new HashSet<string>(remaining.SelectMany(static node => node.Outputs), StringComparer.Ordinal);
        Reads =
        [
            .. remaining.SelectMany(ReadsOf).Concat(outputs)
                .Where(name => name.Length > 0 && !written.Contains(name) && !constants.ContainsKey(name)).Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Constants of the network, and those that came with nodes written in others.</summary>
    public ImmutableDictionary<string, Tensor> Constants { get; }

    /// <summary>Nodes that are still to run, in topological order.</summary>
    public ImmutableArray<Node> Remaining { get; }

    /// <summary>Values that exist here and are needed later: by a node, by a body within a node, or as an output.</summary>
    public ImmutableArray<string> Reads { get; }

    /// <summary>What came next for each set of types so far. Guarded by the model's lock.</summary>
    public List<Stage> Stages { get; } = [];

    /// <summary>Names that a node reads itself, and those that bodies in its attributes read from outside.</summary>
    public static IEnumerable<string> ReadsOf(Node node)
    {
        IEnumerable<string> own = node.Inputs.Where(static name => name.Length > 0);
        return node.Attributes.Any(static entry => entry.Value is Network) ? own.Concat(ControlFlow.FreeNames(node)) : own;
    }
}
