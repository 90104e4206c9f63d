using System.Collections.Immutable;
using Attune.Compile.Quantisation.Equalisation;
using Attune.Compile.Weights;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Models;
using Attune.Numerics.Words;
using Attune.Passes;
using Attune.Runtime.Plan;

namespace Attune.Compile.Quantisation;

/// <summary>A network whose ranges are known: networks on bytes are made from it, each with other layers in floats.</summary>
internal sealed class PreparedQuantisation
{
    private const int MaxNamed = 10;
    private const float SketchSteps = 1 << 14;
    private const string ExcludedReason = "it is excluded";
    private static readonly string ExportNewer = $"Export the model for operator set {NetworkQuantiser.OldestOpset} or newer.";
    private readonly Network plain;
    private readonly int opset;
    private readonly Dictionary<string, ValueRange> ranges;
    private readonly ImmutableDictionary<string, string> excluded;
    private Dictionary<string, float[]>? corrections;
    private bool isSketch;

    private PreparedQuantisation(
        Network plain, QuantisationPlan plan, int opset, Dictionary<string, ValueRange> ranges, ImmutableDictionary<string, string> excluded)
    {
        (this.plain, this.opset, this.ranges, this.excluded) = (plain, opset, ranges, excluded);
        Plan = plan;
        Layers = [.. plan.Layers.Select(node => node.Name)];
    }

    /// <summary>Names of the layers that can be on bytes.</summary>
    public ImmutableArray<string> Layers { get; }

    /// <summary>The network of floats in the form that is quantised: its nodes have the names of <see cref="Layers"/>.</summary>
    public Network Plain => plain;

    /// <summary>What is on bytes when all layers are that can be.</summary>
    public QuantisationPlan Plan { get; }

    /// <summary>What equalised layers do to the error; null where nothing could be equalised, or nothing was to be.</summary>
    public EqualisationReport? Equalisation { get; private set; }

    /// <summary>Calibrates.</summary>
    /// <param name="network">A network as it was read or built, before any pass.</param>
    /// <param name="samples">Typical inputs, each with a tensor for every input of the network; at least one.</param>
    /// <param name="options">Calibration.</param>
    /// <param name="ran">Called after every run of a sample; null for nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">There is no sample, or one lacks an input or has it in another type or shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static Result<PreparedQuantisation, QuantiseError> Of(
        Network network,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        QuantiserOptions options,
        Action? ran = null,
        CancellationToken cancellation = default)
    {
        Check(network, samples);
        Result<(Network Floats, QuantisationPlan Plan, int Opset), QuantiseError> form = FormOf(network);
        if (!form.Succeeded)
        {
            return form.Error;
        }

        (Network floats, QuantisationPlan everything, int opset) = form.Value;
        if (Unknown(options.Excluded, floats, everything) is { } unknown)
        {
            return unknown;
        }

        ImmutableDictionary<string, string> without = options.Excluded.Distinct().ToImmutableDictionary(name => name, _ => ExcludedReason);
        var plan = QuantisationPlan.Of(floats, without);
        if (plan.Layers.IsEmpty)
        {
            return new QuantiseError(
                QuantiseFailure.Name, $"All {everything.Layers.Length} layers of network '{network.Name}' are excluded.", "Exclude fewer layers.");
        }

        if (Infinite(floats, plan) is { } infinite)
        {
            return Unfit(
                $"Weights or bias of node '{infinite}' of network '{network.Name}' are infinite or no numbers; bytes cannot stand for that.",
                "Check how the model was trained and exported, or exclude that node.");
        }

        options = options.Validated();
        Result<PreparedQuantisation, QuantiseError> prepared = Calibrated(floats, plan, opset, without, samples, options, ran, cancellation);
        return prepared.Succeeded && options.Equalise ? Better(prepared.Value, samples, options, ran, cancellation) : prepared;
    }

    /// <summary>As <see cref="Of"/>, with made-up ranges: for networks whose weights need no values, and which nobody runs.</summary>
    /// <param name="network">A network before any pass.</param>
    public static Result<PreparedQuantisation, QuantiseError> Sketch(Network network)
    {
        Result<(Network Floats, QuantisationPlan Plan, int Opset), QuantiseError> form = FormOf(network);
        if (!form.Succeeded)
        {
            return form.Error;
        }

        // Ranges that samples give differ, so that conversions stay which equal ones would make superfluous; all imply the bounds of clips.
        (Network floats, QuantisationPlan plan, int opset) = form.Value;
        var made = plan.Values.Select((value, i) => (value, i)).ToDictionary(pair => pair.value, pair => new ValueRange(0, 1 + (pair.i / SketchSteps)));
        return new PreparedQuantisation(floats, plan, opset, made, ImmutableDictionary<string, string>.Empty) { isSketch = true };
    }

    /// <summary>Runs of samples that calibrating needs.</summary>
    /// <param name="options">Calibration.</param>
    /// <param name="samples">How many samples there are.</param>
    public static int RunsOf(QuantiserOptions options, int samples)
    {
        int once = (samples * Calibration.PassesOf(options.Method)) + (options.CorrectBias ? BiasCorrection.RunsOf(samples) : 0);
        return options.Equalise ? (2 * once) + EqualisationTrial.RunsOf(samples) : once;
    }

    /// <summary>The network on bytes.</summary>
    /// <param name="floats">Names of nodes that stay in floats, and why, besides those that the options exclude; null for none.</param>
    /// <param name="brain">Names of those among <see cref="Layers"/> that multiply brain floats; none of them is among the others. Null for none.</param>
    public QuantisedNetwork Build(IReadOnlyDictionary<string, string>? floats = null, ImmutableArray<string>? brain = null)
    {
        ImmutableArray<string> rounded = brain ?? [];
        ImmutableDictionary<string, string> kept = (floats is null ? excluded : excluded.SetItems(floats))
            .SetItems(rounded.Select(layer => KeyValuePair.Create(layer, BrainFloatCasts.Reason)));
        var plan = QuantisationPlan.Of(plain, kept);
        Network result = plan.Layers.IsEmpty ? plain : new ConversionInsertion(plain, plan, opset, ranges, corrections, isSketch).Run();
        ImmutableArray<KeptLayer> left = FloatLayers.Of(plain, plan, kept);
        result = BrainFloatCasts.Apply(result, rounded, isSketch);
        return new QuantisedNetwork(result, plan.Layers.Length, plan.Values.Count, left) { Equalisation = Equalisation };
    }

    /// <summary>The network with one of <see cref="Layers"/> on bytes and all others in floats.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="brain">True for brain floats instead of bytes.</param>
    public QuantisedNetwork Alone(string layer, bool brain = false) =>
        Build(Layers.Where(other => other != layer).ToDictionary(other => other, _ => string.Empty), brain ? [layer] : []);

    /// <summary>
    /// Those of <see cref="Layers"/> that a plan computes with brain floats where they are asked to: not those with an odd number of input channels, with
    /// weights that become infinite, or that a pass changes afterwards.
    /// </summary>
    /// <param name="target">What kernels are generated for.</param>
    public ImmutableArray<string> BrainFloatLayers(KernelTarget target)
    {
        Network fused = PassPipeline.Default.Run(Build(brain: Layers).Network);
        HashSet<string> found = [.. ExecutionPlan.Create(fused, target).Steps
            .Where(step => step.Plan?.Workload is BFloat16Workload).Select(step => step.Plan!.Node.Name)];
        return [.. Layers.Where(found.Contains)];
    }

    /// <summary>The network in the form that is quantised, and what can be on bytes in it; why nothing can.</summary>
    private static Result<(Network Floats, QuantisationPlan Plan, int Opset), QuantiseError> FormOf(Network network)
    {
        int[] opsets = [.. network.Nodes.Where(node => !node.Operator.Contains('.')).Select(node => node.Opset).Distinct()];
        if (opsets is not [var opset] || opset < OperatorSetUpgrade.Oldest)
        {
            return Unfit(
                $"Network '{network.Name}' uses operator set {string.Join(", ", opsets.Order())}; one set throughout is needed, {OperatorSetUpgrade.Oldest} "
                + "or newer.",
                ExportNewer);
        }

        if (network.Nodes.FirstOrDefault(IsQuantised) is { } quantised)
        {
            return Unfit($"Network '{network.Name}' is quantised already (node '{quantised.Name}').", "Start from the model of floats that it was made from.");
        }

        opset = Math.Max(opset, NetworkQuantiser.OldestOpset);
        Result<Network, string> upgraded = OperatorSetUpgrade.Run(PlainLayers.Of(network, opset));
        if (!upgraded.Succeeded)
        {
            return Unfit(
                $"Network '{network.Name}' has '{upgraded.Error}' of operator set {opsets[0]}, which is not known to mean the same in set "
                + $"{NetworkQuantiser.OldestOpset}; scales per channel need that set.",
                ExportNewer);
        }

        Network floats = upgraded.Value;
        var everything = QuantisationPlan.Of(floats);
        if (everything.Layers.IsEmpty)
        {
            return Unfit(
                $"Network '{network.Name}' has no convolution or matrix product of 32-bit floats with constant weights, so there is nothing to quantise.",
                "Use it as it is.");
        }

        return (floats, everything, opset);
    }

    private static Result<PreparedQuantisation, QuantiseError> Calibrated(
        Network floats,
        QuantisationPlan plan,
        int opset,
        ImmutableDictionary<string, string> excluded,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        QuantiserOptions options,
        Action? ran,
        CancellationToken cancellation)
    {
        Result<Dictionary<string, ValueRange>, QuantiseError> calibrated = Calibration.Run(floats, plan.Values, samples, options, ran, cancellation);
        if (!calibrated.Succeeded)
        {
            return calibrated.Error;
        }

        var prepared = new PreparedQuantisation(floats, plan, opset, calibrated.Value, excluded);
        if (options.CorrectBias)
        {
            var insertion = new ConversionInsertion(floats, plan, opset, calibrated.Value);
            prepared.corrections = BiasCorrection.Run(insertion, samples, options.Threads, ran, cancellation);
        }

        return prepared;
    }

    /// <summary>The network with equalised layers where it is nearer to floats, else as it is.</summary>
    private static PreparedQuantisation Better(
        PreparedQuantisation prepared,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        QuantiserOptions options,
        Action? ran,
        CancellationToken cancellation)
    {
        (Network Network, int Pairs)? equalised = CrossLayerEqualisation.Run(prepared.plain, prepared.Plan);
        QuantisationPlan? plan = equalised is { } scaled ? QuantisationPlan.Of(scaled.Network, prepared.excluded) : null;
        if (equalised is not { } made || plan is null || Infinite(made.Network, plan) is not null)
        {
            for (int run = RunsOf(options with { Equalise = false }, samples.Count); run < RunsOf(options, samples.Count); run++)
            {
                ran?.Invoke();
            }

            return prepared;
        }

        Result<PreparedQuantisation, QuantiseError> other =
            Calibrated(made.Network, plan, prepared.opset, prepared.excluded, samples, options, ran, cancellation);
        if (!other.Succeeded)
        {
            return prepared;
        }

        EqualisationReport report = EqualisationTrial.Run(prepared, other.Value, made.Pairs, samples, options.Threads, ran, cancellation);
        PreparedQuantisation better = report.IsKept ? other.Value : prepared;
        better.Equalisation = report;
        return better;
    }

    private static QuantiseError Unfit(string message, string next) => new(QuantiseFailure.Model, message, next);

    private static QuantiseError? Unknown(ImmutableArray<string> names, Network plain, QuantisationPlan plan)
    {
        string[] known =
        [
            .. plan.Operators.Order().Select(index => plain.Nodes[index].Name),
            .. FloatLayers.Of(plain, plan, ImmutableDictionary<string, string>.Empty).Select(layer => layer.Node),
        ];
        return names.FirstOrDefault(name => !known.Contains(name)) is not { } wrong ? null : new QuantiseError(
            QuantiseFailure.Name,
            $"Network '{plain.Name}' has no layer '{wrong}' that could be on bytes."
                + (NearMiss.Find(wrong, known) is { } near ? $" Did you mean '{near}'?" : string.Empty),
            $"Its layers: {string.Join(", ", plan.Layers.Select(node => node.Name).Take(MaxNamed))}{(plan.Layers.Length > MaxNamed ? ", ..." : string.Empty)}");
    }

    private static bool IsQuantised(Node node) =>
        ModelTolerance.RoundsActivations(node) || node.Operator is "ConvInteger" or "MatMulInteger"
        || node.Operator.EndsWith("DequantizeLinear", StringComparison.Ordinal);

    private static void Check(Network network, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples)
    {
        if (samples.Count == 0)
        {
            throw new ArgumentException("Calibration needs at least one sample.", nameof(samples));
        }

        foreach (NetworkValue input in network.Inputs)
        {
            foreach (IReadOnlyDictionary<string, Tensor> sample in samples)
            {
                if (!sample.TryGetValue(input.Name, out Tensor? tensor) || !tensor.Type.Equals(input.Type))
                {
                    throw new ArgumentException($"A sample has no tensor of {input.Type} for the input '{input.Name}'.", nameof(samples));
                }
            }
        }
    }

    private static string? Infinite(Network network, QuantisationPlan plan) => plan.Layers
        .FirstOrDefault(node => node.Inputs.Skip(1).Where(input => input.Length > 0)
            .Any(input => !Array.TrueForAll(network.Constants[input].Elements<float>(), float.IsFinite)))?.Name;
}
