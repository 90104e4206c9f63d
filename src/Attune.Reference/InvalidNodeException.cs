using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;

namespace Attune.Reference;

/// <summary>
/// A node whose attributes, types or data contradict its operator's definition: an index outside its axis, an integer divided by zero, parameters of
/// the wrong length. A normal answer about a model and its data, not a bug: callers report the node and the reason.
/// </summary>
[SuppressMessage("Roslynator", "RCS1194", Justification = "Without a node and a reason it would say nothing.")]
public sealed class InvalidNodeException : ArgumentException
{
    /// <summary>Names the node, its operator and what is wrong.</summary>
    public InvalidNodeException(Node node, string reason, Exception? inner = null)
        : base($"Node '{node?.Name}' ({node?.Operator}): {reason.TrimEnd('.')}.", inner)
    {
        ArgumentNullException.ThrowIfNull(node);
        Node = node.Name;
        Operator = node.Operator;
        Reason = reason;
    }

    /// <summary>The node's name.</summary>
    public string Node { get; }

    /// <summary>Operator name, for example Gather.</summary>
    public string Operator { get; }

    /// <summary>What is wrong, without a full stop.</summary>
    public string Reason { get; }
}
