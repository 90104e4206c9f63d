using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.LowRank;

/// <summary>
/// Adds low-rank forms to the convolutions and dense layers of a fused network. A convolution with D x D kernel becomes one with D x 1 and one with 1 x D
/// (Jaderberg, Vedaldi, Zisserman 2014), or one to fewer channels and a 1 x 1 (Zhang et al. 2015); a matrix becomes two. The rank follows from the share of the
/// exact layer's multiplications that the form may cost, rounded down to whole vectors; with typical inputs it is lower where that leaves next to no error on
/// them. No training follows, so what it costs in accuracy must be measured. Stateless.
/// </summary>
public static class LowRankForms
{
    /// <summary>Ranks are multiples of this: the widest vector.</summary>
    public const int RankStep = 16;

    /// <summary>Adds forms.</summary>
    /// <param name="network">A fused network without forms.</param>
    /// <param name="shares">For each form its share of the exact layer's multiplications, each above 0 and below 1.</param>
    /// <param name="split">How convolutions are cut.</param>
    /// <param name="report">Told before each layer; null for nobody.</param>
    /// <param name="cancellation">Stops between two layers.</param>
    /// <exception cref="ArgumentException">The network has forms already, or there are no or too many shares.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A share is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static LowRankNetwork Add(
        Network network,
        IReadOnlyList<double> shares,
        LowRankSplit split = LowRankSplit.Auto,
        Action<string>? report = null,
        CancellationToken cancellation = default)
    {
        if (network.Nodes.Any(node => LayerAlternatives.FormOf(node) != 0))
        {
            throw new ArgumentException($"'{network.Name}' has low-rank forms already; start from the model without them.", nameof(network));
        }

        return AddBeside(network, shares, split, 1, null, report, cancellation);
    }

    /// <summary>Adds forms to layers that may have others already, under lower numbers.</summary>
    /// <param name="network">A fused network.</param>
    /// <param name="shares">For each form its share of the exact layer's multiplications, each above 0 and below 1.</param>
    /// <param name="split">How convolutions are cut.</param>
    /// <param name="firstForm">Number of the first share's form.</param>
    /// <param name="inputs">
    /// What the products of layers are to change least for; null where nobody knows, and the weights themselves are to change least.
    /// </param>
    /// <param name="report">Told before each layer; null for nobody.</param>
    /// <param name="cancellation">Stops between two layers.</param>
    /// <exception cref="ArgumentException">There are no or too many shares.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A share is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static LowRankNetwork AddBeside(
        Network network,
        IReadOnlyList<double> shares,
        LowRankSplit split,
        int firstForm,
        TypicalInputs? inputs,
        Action<string>? report,
        CancellationToken cancellation)
    {
        if (shares.Count is 0 or > 8)
        {
            throw new ArgumentException($"There are {shares.Count} shares; give 1 to 8.", nameof(shares));
        }

        foreach (double share in shares)
        {
            if (share is not (> 0 and < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(shares), share, "A form's share of the multiplications lies above 0 and below 1.");
            }
        }

        var constants = network.Constants.ToBuilder();
        var types = network.Types.ToBuilder();
        var nodes = ImmutableArray.CreateBuilder<Node>();
        var layers = ImmutableArray.CreateBuilder<LowRankLayer>();
        Dictionary<string, Node> producers = Producers(network);
        Dictionary<string, OutputMoments> moments = inputs is null ? [] : Moments(network, shares, split, producers, inputs, report, cancellation);
        foreach (Node node in network.Nodes)
        {
            nodes.Add(node);
            if (!IsEligible(network, node, producers))
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            report?.Invoke(node.Name);
            var ranks = new HashSet<int>();
            foreach ((int index, double share) in shares.Index())
            {
                LayerFactoring? factoring = LayerFactoring.Of(network, node, split, share);
                if (factoring is not null && moments.TryGetValue(node.Name, out OutputMoments? seen))
                {
                    factoring.Weigh(seen);
                }

                if (factoring is null || !ranks.Add(factoring.Rank))
                {
                    continue;
                }

                FormNodes form = factoring.Build(index + firstForm);
                nodes.AddRange(form.Nodes);
                foreach ((string name, Tensor tensor) in form.Constants)
                {
                    constants.Add(name, tensor);
                    types.Add(name, tensor.Type);
                }

                foreach ((string name, TensorType type) in form.Values)
                {
                    types.Add(name, type);
                }

                layers.Add(form.Layer);
            }
        }

        return new LowRankNetwork(
            network with { Nodes = nodes.ToImmutable(), Constants = constants.ToImmutable(), Types = types.ToImmutable() }, layers.ToImmutable());
    }

    private static Dictionary<string, OutputMoments> Moments(
        Network network,
        IReadOnlyList<double> shares,
        LowRankSplit split,
        Dictionary<string, Node> producers,
        TypicalInputs inputs,
        Action<string>? report,
        CancellationToken cancellation)
    {
        LayerFactoring[] layers =
        [
            .. network.Nodes.Where(node => IsEligible(network, node, producers))
                .Select(node => shares.Select(share => LayerFactoring.Of(network, node, split, share)).FirstOrDefault(factoring => factoring is not null))
                .OfType<LayerFactoring>(),
        ];
        return MomentCollection.Run(network, layers, inputs, report, cancellation);
    }

    /// <summary>The same network without some forms.</summary>
    /// <param name="network">A network with forms.</param>
    /// <param name="dropped">Exact node's name and form number of each.</param>
    public static Network Drop(Network network, IReadOnlySet<(string Node, int Form)> dropped)
    {
        Dictionary<string, string> exact = network.Nodes.Where(
            node => LayerAlternatives.FormOf(node) == 0 && node.Outputs.Length > 0).ToDictionary(node => node.Outputs[0], node => node.Name);
        var gone = new HashSet<string>();
        string? owner = null;
        foreach (Node node in network.Nodes.Reverse())
        {
            // From the back, the node that names the layer comes before the others of its form.
            owner = LayerAlternatives.ValueOf(node) is { Length: > 0 } value ? exact[value] : owner;
            if (LayerAlternatives.FormOf(node) is > 0 and var form && dropped.Contains((owner!, form)))
            {
                gone.Add(node.Name);
            }
        }

        Node[] removed = [.. network.Nodes.Where(node => gone.Contains(node.Name))];
        ImmutableArray<Node> kept = [.. network.Nodes.Where(node => !gone.Contains(node.Name))];
        HashSet<string> read = [.. kept.SelectMany(node => node.Inputs.Concat(node.Outputs))];
        string[] unread = [.. removed.SelectMany(node => node.Inputs.Concat(node.Outputs)).Where(
            name => name.Length > 0 && !read.Contains(name) && network.Inputs.All(input => input.Name != name))];
        return network with { Nodes = kept, Constants = network.Constants.RemoveRange(unread), Types = network.Types.RemoveRange(unread) };
    }

    /// <summary>The node that computes each value.</summary>
    internal static Dictionary<string, Node> Producers(Network network) => network.Nodes.SelectMany(
        node => node.Outputs.Where(output => output.Length > 0).Select(output => (output, node))).ToDictionary(pair => pair.output, pair => pair.node);

    /// <summary>
    /// True for an exact layer that may have other forms. A pointwise convolution behind a depthwise one may be one step with it, and would no longer be if a
    /// second reader came.
    /// </summary>
    internal static bool IsEligible(Network network, Node node, Dictionary<string, Node> producers)
    {
        if (LayerAlternatives.FormOf(node) != 0
            || node.Operator is not (FusedOperators.Convolution or FusedOperators.Dense) || node.Input(FusedOperators.Scales).Length > 0
            || !network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights) || weights.Element != DataType.Float32
            || !network.Types.TryGetValue(node.Outputs[0], out TensorType? output) || output.Element != DataType.Float32)
        {
            return false;
        }

        if (node.Operator == FusedOperators.Dense)
        {
            return weights.Shape.Rank == 2;
        }

        bool behindDepthwise = producers.TryGetValue(node.Inputs[0], out Node? before) && before.Operator == FusedOperators.Convolution
            && before.Attributes.Int("group", 1) > 1;
        return weights.Shape.Rank == 4 && weights.Shape[1] > 1 && !behindDepthwise;
    }
}
