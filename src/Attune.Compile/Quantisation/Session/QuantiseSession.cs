using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Weights;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime.Files.Json;

namespace Attune.Compile.Quantisation.Session;

/// <summary>
/// Quantises a network and measures what that costs: one sample in five is kept out of calibration, and the networks of floats and bytes are compared on
/// those. Stateless between runs.
/// </summary>
/// <param name="network">A network as it was read or built, before any pass.</param>
/// <param name="options">How to quantise it; null for the defaults.</param>
/// <param name="clock">Time; null for that of the system.</param>
public sealed class QuantiseSession(Network network, QuantiserOptions? options = null, TimeProvider? clock = null)
{
    private const int HeldOutEvery = 5;
    private const int MaxProbes = 8;
    private const string ChosenBefore = "an earlier run chose floats for it";
    private readonly QuantiserOptions options = (options ?? QuantiserOptions.Default).Validated();

    /// <summary>The loss that is allowed with <see cref="QuantisePrecision.Mixed"/> unless <see cref="AllowedLoss"/> says otherwise: 1 %.</summary>
    public const double MixedLoss = 0.01;

    /// <summary>
    /// The loss that is allowed, a share from 0 to below 1 as in <see cref="QuantisationCost.Loss"/>: the layers that cost most stay in floats until the loss
    /// on the samples held out is not larger. Null puts every layer on bytes that can be.
    /// </summary>
    public double? AllowedLoss { get; init; }

    /// <summary>What the layers become. Default: bytes.</summary>
    public QuantisePrecision Precision { get; init; } = QuantisePrecision.Int8;

    /// <summary>
    /// Names of the layers that stay in floats as an earlier session with the same options and samples chose them; null for none. Where the loss is within
    /// what is allowed, nothing is searched for again.
    /// </summary>
    public ImmutableArray<string>? KnownFloats { get; init; }

    /// <summary>Names of the layers that multiply brain floats as an earlier session chose them; counts beside <see cref="KnownFloats"/> alone.</summary>
    public ImmutableArray<string> KnownBrainFloats { get; init; } = [];

    /// <summary>
    /// Whether <see cref="QuantisePrecision.Mixed"/> may also choose brain floats for a layer, where this processor has an instruction for them. The network
    /// then has casts around what such a layer reads, which other programs carry out and Attune leaves out. Default: false.
    /// </summary>
    public bool OffersBrainFloats { get; init; }

    /// <summary>Quantises and measures. Writes nothing.</summary>
    /// <param name="samples">Inputs to calibrate and to measure on.</param>
    /// <param name="progress">Told how far things are, on the calling thread; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">There is no sample, or one lacks an input or has it in another type or shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The loss that is allowed is none.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Result<QuantiseOutcome, QuantiseError> Run(
        SampleSet samples, IProgress<QuantiseProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (AllowedLoss is not (null or (>= 0 and < 1)))
        {
            throw new ArgumentOutOfRangeException(nameof(AllowedLoss), AllowedLoss, "A loss is a share from 0 to below 1.");
        }

        ImmutableArray<int> held = HeldOut(samples.Inputs.Length);
        IReadOnlyDictionary<string, Tensor>[] measured = [.. (held.IsEmpty ? [0] : held).Select(i => samples.Inputs[i])];
        IReadOnlyDictionary<string, Tensor>[] calibration = [.. samples.Inputs.Where((_, i) => !held.Contains(i))];
        var work = new QuantiseWork(clock ?? TimeProvider.System, progress);
        work.Expect(PreparedQuantisation.RunsOf(options, calibration.Length) + (2 * measured.Length));
        work.Begin("calibrating");
        Result<PreparedQuantisation, QuantiseError> prepared = PreparedQuantisation.Of(network, calibration, options, work.Step, cancellation);
        if (!prepared.Succeeded)
        {
            return prepared.Error;
        }

        work.Begin("running on floats");
        var measurement = new CostMeasurement(network, measured, LabelsOf(samples, held), options.Threads, work.Step, cancellation);
        work.Begin("running on bytes");
        Result<BudgetedNetwork, QuantiseError> found = Known(prepared.Value, measurement, work, cancellation) is { } known ? known
            : Precision == QuantisePrecision.Mixed ? Mixed(prepared.Value, measurement, work, calibration, cancellation)
            : AllowedLoss is { } allowed
            ? new BudgetSearch(prepared.Value, measurement, allowed, work).Run(() => Probe(calibration, work, cancellation), cancellation)
            : Measured(prepared.Value.Build(), measurement, work, cancellation);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        (QuantisedNetwork quantised, QuantisationCost cost, BudgetReport? budget) = found.Value;
        return new QuantiseOutcome(
            quantised,
            cost,
            calibration.Length,
            !held.IsEmpty,
            BytesOf(network),
            BytesOf(quantised.Network),
            budget,
            [.. samples.Warnings, .. Warnings(held, cost)])
        {
            FloatLayers =
            [
                .. quantised.Kept.Select(layer => layer.Node).Where(prepared.Value.Layers.Contains).Except(found.Value.BrainLayers),
            ],
            BrainLayers = found.Value.BrainLayers,
            Mixed = found.Value.Mixed,
            IsInterrupted = found.Value.IsInterrupted,
        };
    }

    private BudgetedNetwork Mixed(
        PreparedQuantisation prepared,
        CostMeasurement measurement,
        QuantiseWork work,
        IReadOnlyDictionary<string, Tensor>[] calibration,
        CancellationToken cancellation) =>
        new MixedSearch(
            network,
            prepared,
            measurement,
            AllowedLoss ?? MixedLoss,
            options.Threads,
            work,
            clock ?? TimeProvider.System,
            MayRound ? prepared.BrainFloatLayers(HostTarget.Widest) : [])
            .Run(() => Probe(calibration, work, cancellation), calibration[0], cancellation);

    private BudgetedNetwork? Known(PreparedQuantisation prepared, CostMeasurement measurement, QuantiseWork work, CancellationToken cancellation)
    {
        ImmutableArray<string> brain = [.. KnownBrainFloats.Distinct()];
        if (KnownFloats is not { } floats || !floats.Concat(brain).All(prepared.Layers.Contains) || floats.Intersect(brain).Any()
            || (!brain.IsEmpty && !MayRound))
        {
            return null;
        }

        string[] kept = [.. floats.Distinct()];
        QuantisedNetwork known = kept.Length == prepared.Layers.Length
            ? new QuantisedNetwork(network, 0, 0, [.. kept.Select(name => new KeptLayer(name, ChosenBefore))])
            : prepared.Build(kept.ToImmutableDictionary(name => name, _ => ChosenBefore), brain);
        BudgetedNetwork measured = Measured(known, measurement, work, cancellation) with { BrainLayers = brain };
        double? allowed = AllowedLoss ?? (Precision == QuantisePrecision.Mixed ? MixedLoss : null);
        if (measured.Cost.Loss <= (allowed ?? double.PositiveInfinity))
        {
            return measured;
        }

        work.Expect(measurement.Runs);
        return null;
    }

    private bool MayRound => OffersBrainFloats && HostTarget.Widest.MultipliesHalves;

    private static BudgetedNetwork Measured(QuantisedNetwork network, CostMeasurement measurement, QuantiseWork work, CancellationToken cancellation) =>
        new(network, measurement.Of(network.Network, work.Step, cancellation), null);

    // Single layers are told apart by how far outputs are off, for which a few samples are enough; those held out are for the judgement alone.
    private CostMeasurement Probe(IReadOnlyDictionary<string, Tensor>[] calibration, QuantiseWork work, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, Tensor>[] few = [.. calibration.Take(MaxProbes)];
        work.Expect(few.Length);
        work.Begin("running on floats");
        return new CostMeasurement(network, few, [], options.Threads, work.Step, cancellation);
    }

    private IEnumerable<string> Warnings(ImmutableArray<int> held, QuantisationCost cost)
    {
        if (held.IsEmpty)
        {
            yield return "There is one sample only: what quantising cost was measured on the sample that ranges are from, which flatters it. Give more.";
        }

        if (AllowedLoss is > 0 and var allowed && cost.Answers > 0 && cost.Answers * allowed < 1)
        {
            string one = FormattableString.Invariant($"One of {cost.Answers} answers is {100.0 / cost.Answers:0.#} %");
            yield return FormattableString.Invariant($"{one}, more than the {allowed * 100:0.##} % that may be lost: none may. Give more samples.");
        }

        if (!double.IsFinite(cost.RelativeError))
        {
            yield return "An output of one of the networks is infinite or no number, or nothing but zeros, on some sample.";
        }
    }

    // Spread over the set, since neighbours are often alike.
    private static ImmutableArray<int> HeldOut(int count) => count switch
    {
        1 => [],
        < HeldOutEvery => [count - 1],
        _ => [.. Enumerable.Range(0, count).Where(i => i % HeldOutEvery == HeldOutEvery - 1)],
    };

    private static ImmutableArray<int> LabelsOf(SampleSet samples, ImmutableArray<int> held)
    {
        if (samples.Labels.IsEmpty)
        {
            return [];
        }

        int answers = samples.Labels.Length / samples.Inputs.Length;
        return [.. (held.IsEmpty ? [0] : held).SelectMany(i => samples.Labels.AsSpan(i * answers, answers).ToArray())];
    }

    private static long BytesOf(Network of) =>
        of.Constants.Values.Distinct().Sum(tensor => (long)tensor.Count * NetworkJsonWriter.ElementBytes(tensor.Element));
}
