using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;
using Attune.Reference.Inference;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// Divides the nodes that are still to run by what their types depend on. Types are inferred from those of the values at hand. A node of which all operands
/// are at hand, and whose results' shapes depend on numbers (or which is control flow), is for the host; whatever reads its results waits for the next stage;
/// all else is a network of known types.
/// </summary>
/// <param name="network">The network that runs.</param>
internal sealed class StageBuilder(Network network)
{
    /// <summary>Divides.</summary>
    /// <param name="position">Where the run is.</param>
    /// <param name="types">Types of the values there.</param>
    /// <returns>Nodes for the host, the network to compile (null for none), and the nodes that wait.</returns>
    /// <exception cref="InvalidNodeException">A node contradicts its operator's definition when values have these types.</exception>
    /// <exception cref="UnsupportedOperatorException">A node asks for what its operator's kernel does not do.</exception>
    public (ImmutableArray<Node> Host, Network? Compiled, ImmutableArray<Node> Waiting) Divide(Position position, ImmutableArray<TensorType> types)
    {
        var inference = new TypeInference(ConstantEvaluator.Default, Array.MaxLength);
        var present = new HashSet<string>(position.Reads, StringComparer.Ordinal);
        for (int i = 0; i < types.Length; i++)
        {
            inference.Define(position.Reads[i], types[i]);
        }

        foreach (string name in position.Remaining.SelectMany(Position.ReadsOf).Concat(network.Outputs.Select(static output => output.Name)).Distinct())
        {
            if (network.Constants.TryGetValue(name, out Tensor? constant))
            {
                inference.Define(name, constant);
                present.Add(name);
            }
        }

        var host = ImmutableArray.CreateBuilder<Node>();
        var compiled = ImmutableArray.CreateBuilder<Node>();
        var waiting = ImmutableArray.CreateBuilder<Node>();
        var later = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in position.Remaining)
        {
            ImmutableArray<Node>.Builder place =
                Position.ReadsOf(node).Any(later.Contains) ? waiting
                : IsTyped(inference, node) ? compiled
                : Position.ReadsOf(node).All(present.Contains) ? host
                : waiting;
            place.Add(node);
            if (place != compiled)
            {
                later.UnionWith(node.Outputs);
            }
        }

        if (host.Count == 0 && compiled.Count == 0 && waiting.Count > 0)
        {
            throw new InvalidNodeException(waiting[0], "it reads a value that nothing computes");
        }

        return (host.ToImmutable(), compiled.Count == 0 ? null : Extract(compiled.ToImmutable(), waiting.ToImmutable(), position, inference), waiting.ToImmutable());
    }

    /// <summary>True when all types of a node's results follow from those of its operands, so that a plan can hold them.</summary>
    private static bool IsTyped(TypeInference inference, Node node)
    {
        if (ControlFlow.Handles(node.Operator))
        {
            return false;
        }

        if ((inference.Visit(node) ?? inference.Refusal(node)) is { } problem)
        {
            switch (problem.Kind)
            {
                case InferenceProblemKind.DataDependent:
                    return false;
                case InferenceProblemKind.Unsupported:
                    throw new UnsupportedOperatorException(node.Operator, problem.Message);
                default:
                    throw new InvalidNodeException(node, problem.Message);
            }
        }

        return node.Outputs.All(output => output.Length == 0 || inference.Types.ContainsKey(output));
    }

    private Network Extract(ImmutableArray<Node> nodes, ImmutableArray<Node> waiting, Position position, TypeInference inference)
    {
        var written = new HashSet<string>(nodes.SelectMany(static node => node.Outputs), StringComparer.Ordinal);
        var read = new HashSet<string>(nodes.SelectMany(static node => node.Inputs).Where(static name => name.Length > 0), StringComparer.Ordinal);
        var wanted = new HashSet<string>(waiting.SelectMany(Position.ReadsOf).Concat(network.Outputs.Select(static output => output.Name)), StringComparer.Ordinal);
        var constants = read.Where(network.Constants.ContainsKey).ToImmutableDictionary(static name => name, name => network.Constants[name]);
        NetworkValue[] inputs =
        [
            .. position.Reads.Where(name => read.Contains(name) && !constants.ContainsKey(name)).Select(name => new NetworkValue(name, inference.Types[name])),
        ];
        NetworkValue[] outputs =
        [
            .. nodes.SelectMany(static node => node.Outputs).Where(name => name.Length > 0 && wanted.Contains(name)).Distinct()
                .Select(name => new NetworkValue(name, inference.Types[name])),
        ];
        return new Network(
            network.Name, [.. inputs], [.. outputs], nodes, constants,
            inputs.Select(static input => input.Name).Concat(written).Concat(constants.Keys).Where(inference.Types.ContainsKey)
                .ToImmutableDictionary(static name => name, name => inference.Types[name]));
    }
}
