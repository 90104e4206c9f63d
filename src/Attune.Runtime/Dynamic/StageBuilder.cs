using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes.Expansion;
using Attune.Reference;
using Attune.Reference.Inference;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// Divides the nodes that are still to run by what their types depend on. Types are inferred from those of the values at hand, and operators that are written
/// in others once types are known become those. A node of which all operands are at hand, and whose results' shapes depend on numbers (or which is control
/// flow), is for the host; whatever reads its results waits for the next stage; all else is a network of known types.
/// </summary>
/// <param name="network">The network that runs. Not thread-safe.</param>
internal sealed class StageBuilder(Network network)
{
    private const int MinOpset = 13;
    private const int MaxOpset = 21;

    private readonly ImmutableArray<string> outputs = [.. network.Outputs.Select(static output => output.Name)];
    private readonly ValueNames names = new(network.Nodes, network.Inputs.Select(static input => input.Name).Concat(network.Constants.Keys));

    // What takes the place of operators of other domains is written in the set that the model uses.
    private readonly int opset = Math.Clamp(
        network.Nodes.Where(static node => !node.Operator.Contains('.')).Select(static node => node.Opset).DefaultIfEmpty().Max(), MinOpset, MaxOpset);

    /// <summary>Where a run begins.</summary>
    public Position Start() => new(outputs, network.Constants, network.Nodes);

    /// <summary>Divides.</summary>
    /// <param name="position">Where the run is.</param>
    /// <param name="types">Types of the values there.</param>
    /// <exception cref="InvalidNodeException">A node contradicts its operator's definition when values have these types.</exception>
    /// <exception cref="UnsupportedOperatorException">A node asks for what its operator's kernel does not do.</exception>
    public Stage Divide(Position position, ImmutableArray<TensorType> types)
    {
        TypeInference inference = Begin(position, types);
        var assembly = new NodeAssembly(inference, names, ImmutableDictionary<string, int>.Empty, opset);
        var present = new HashSet<string>(position.Reads, StringComparer.Ordinal);
        var later = new HashSet<string>(StringComparer.Ordinal);
        var host = ImmutableArray.CreateBuilder<Node>();
        var compiled = ImmutableArray.CreateBuilder<Node>();
        var waiting = ImmutableArray.CreateBuilder<Node>();
        int seen = 0;
        foreach (Node node in position.Remaining)
        {
            if (Position.ReadsOf(node).Any(later.Contains))
            {
                Place(waiting, node);
                continue;
            }

            assembly.Add(node);
            ImmutableArray<Node> all = assembly.Nodes;
            for (; seen < all.Length; seen++)
            {
                Node next = all[seen];
                Place(
                    Position.ReadsOf(next).Any(later.Contains) ? waiting
                    : IsTyped(inference, next) ? compiled
                    : Position.ReadsOf(next).All(IsAtHand) ? host
                    : waiting,
                    next);
            }
        }

        Require(assembly.Findings);
        if (host.Count == 0 && compiled.Count == 0 && waiting.Count > 0)
        {
            throw new InvalidNodeException(waiting[0], "it reads a value that nothing computes");
        }

        var after = new Position(outputs, position.Constants.AddRange(assembly.Constants), waiting.ToImmutable());
        Network? rest = compiled.Count == 0 ? null : Extract(compiled.ToImmutable(), after, position, inference);
        return new Stage(position, types, host.ToImmutable(), rest, after);

        // What inference computed on its way is no value yet: the nodes that compute it are compiled in this stage.
        bool IsAtHand(string name) =>
            present.Contains(name) || position.Constants.ContainsKey(name) || assembly.Constants.Any(constant => constant.Key == name);

        void Place(ImmutableArray<Node>.Builder place, Node node)
        {
            place.Add(node);
            if (place != compiled)
            {
                later.UnionWith(node.Outputs.Where(static output => output.Length > 0));
            }
        }
    }

    private TypeInference Begin(Position position, ImmutableArray<TensorType> types)
    {
        var inference = new TypeInference(ConstantEvaluator.Default, Array.MaxLength);
        for (int i = 0; i < types.Length; i++)
        {
            inference.Define(position.Reads[i], types[i]);
        }

        foreach (string name in position.Remaining.SelectMany(Position.ReadsOf).Concat(outputs))
        {
            if (position.Constants.TryGetValue(name, out Tensor? constant))
            {
                inference.Define(name, constant);
            }
        }

        return inference;
    }

    private static bool IsTyped(TypeInference inference, Node node) =>
        !ControlFlow.Handles(node.Operator) && node.Outputs.All(output => output.Length == 0 || inference.Types.ContainsKey(output));

    private static void Require(IEnumerable<NodeFinding> findings)
    {
        foreach (NodeFinding finding in findings)
        {
            switch (finding.Problem?.Kind)
            {
                case null or InferenceProblemKind.DataDependent:
                    break;
                case InferenceProblemKind.Unsupported:
                    throw new UnsupportedOperatorException(finding.Node.Operator, finding.Problem.Message);
                default:
                    throw new InvalidNodeException(finding.Node, finding.Problem.Message);
            }
        }
    }

    private Network Extract(ImmutableArray<Node> nodes, Position after, Position position, TypeInference inference)
    {
        var read = new HashSet<string>(nodes.SelectMany(static node => node.Inputs).Where(static name => name.Length > 0), StringComparer.Ordinal);
        var constants = read.Where(after.Constants.ContainsKey).ToImmutableDictionary(static name => name, name => after.Constants[name]);
        NetworkValue[] inputs = [.. position.Reads.Where(read.Contains).Select(name => new NetworkValue(name, inference.Types[name]))];
        var wanted = after.Reads.ToHashSet(StringComparer.Ordinal);
        string[] written = [.. nodes.SelectMany(static node => node.Outputs).Where(static name => name.Length > 0)];
        NetworkValue[] results = [.. written.Where(wanted.Contains).Select(name => new NetworkValue(name, inference.Types[name]))];
        return new Network(
            network.Name, [.. inputs], [.. results], nodes, constants,
            inputs.Select(static input => input.Name).Concat(written).Concat(constants.Keys)
                .ToImmutableDictionary(static name => name, name => inference.Types[name]));
    }
}
