using System.Collections.Immutable;
using Attune.Compile.Quantisation.Session;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>
/// Chooses a precision for every layer: measures what each costs and takes in each, finds the front of what that predicts, and walks along it with the whole
/// network. Use once.
/// </summary>
/// <param name="network">The network of floats, as it was read.</param>
/// <param name="prepared">The same, calibrated.</param>
/// <param name="judge">Measures the loss.</param>
/// <param name="budget">The loss that is allowed, a share.</param>
/// <param name="threads">Threads to run on.</param>
/// <param name="work">Counts runs.</param>
/// <param name="clock">Time.</param>
/// <param name="brain">Names of the layers that may also multiply brain floats.</param>
internal sealed class MixedSearch(
    Network network,
    PreparedQuantisation prepared,
    CostMeasurement judge,
    double budget,
    int threads,
    QuantiseWork work,
    TimeProvider clock,
    ImmutableArray<string> brain)
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>The fastest network within the budget: that of floats where none on bytes is both.</summary>
    /// <param name="probe">Makes the measurement of single layers.</param>
    /// <param name="sample">Inputs of the runs that are timed.</param>
    /// <param name="cancellation">Gives up; what was found until then within the budget is given.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled before anything was found.</exception>
    public BudgetedNetwork Run(Func<CostMeasurement> probe, IReadOnlyDictionary<string, Tensor> sample, CancellationToken cancellation)
    {
        QuantisationCost ofBytes = judge.Of(prepared.Build().Network, work.Step, cancellation);
        ImmutableArray<LayerForms> layers = Layers(probe(), sample, cancellation);
        using CompiledModel floats = Compile(network);
        double floatMs = WholeTiming.Measure([floats], sample, clock, cancellation)[0].Ms;
        ImmutableArray<FrontPoint> front = FrontSearch.Of(layers, floatMs);
        FrontPoint bytes = front.FirstOrDefault(IsBytes)
            ?? FrontSearch.Predict(layers, floatMs, [.. layers.Select(_ => LayerPrecision.Int8)]);
        var walk = new MixedWalk(
            front,
            budget,
            point => point == bytes ? ofBytes : judge.Of(Build(layers, point).Network, work.Step, cancellation),
            point => Time(floats, floatMs, Build(layers, point).Network, sample, cancellation));
        bool interrupted = false;
        try
        {
            walk.Run(bytes, point => Announce(point, floatMs));
        }
        catch (OperationCanceledException) when (walk.Best is not null)
        {
            interrupted = true;
        }

        FrontPoint taken = walk.Best?.Point ?? front.FirstOrDefault(point => point.IsFloat)
            ?? FrontSearch.Predict(layers, floatMs, [.. layers.Select(_ => LayerPrecision.Float32)]);
        var report = new MixedReport(budget, layers, front, walk.Trials, taken, ofBytes);
        QuantisedNetwork chosen = report.Chosen.IsFloat ? new QuantisedNetwork(network, 0, 0, Kept(layers, report.Chosen)) : Build(layers, report.Chosen);
        NetworkFigures? figures = interrupted ? null : Figures(floats, report.Chosen, chosen.Network, sample, cancellation);
        return new BudgetedNetwork(
            chosen,
            walk.Best?.Cost ?? judge.Of(network, static () => { }, CancellationToken.None),
            new BudgetReport(budget, ofBytes.Loss, Sensitivities(layers), walk.Trials.Length))
        {
            Mixed = report with { Figures = figures },
            BrainLayers = Of(layers, report.Chosen, LayerPrecision.BFloat16),
            IsInterrupted = figures is null,
        };
    }

    private ImmutableArray<LayerForms> Layers(CostMeasurement probe, IReadOnlyDictionary<string, Tensor> sample, CancellationToken cancellation)
    {
        work.Expect(((prepared.Layers.Length + brain.Length) * probe.Runs) + LayerTiming.Rounds);
        work.Begin("timing layers");
        Network[] networks =
        [
            prepared.Plain, prepared.Build().Network,
            .. brain.IsEmpty ? Array.Empty<Network>()
                : [prepared.Build(prepared.Layers.Except(brain).ToDictionary(layer => layer, _ => string.Empty), brain).Network],
        ];
        ImmutableArray<ImmutableArray<int>> sources = LayerSources.Of(prepared.Plain, prepared.Plan);
        ImmutableArray<ImmutableArray<double>> times = LayerTiming.Measure(
            networks, prepared.Layers, [.. sources.Select(before => !before.IsEmpty)], sample, threads, work.Step, cancellation);
        var layers = ImmutableArray.CreateBuilder<LayerForms>();
        foreach ((int at, string layer) in prepared.Layers.Index())
        {
            string which = $"layer {at + 1} of {prepared.Layers.Length} alone";
            work.Begin($"{which} on bytes");
            ImmutableArray<PrecisionForm> forms =
            [
                new PrecisionForm(LayerPrecision.Float32, times[at][0], 0, 0),
                Alone(LayerPrecision.Int8, layer, times[at][1], probe, cancellation),
            ];
            if (brain.Contains(layer))
            {
                work.Begin($"{which} on brain floats");
                forms = forms.Add(Alone(LayerPrecision.BFloat16, layer, times[at][2], probe, cancellation));
            }

            layers.Add(new LayerForms(layer, sources[at], forms));
        }

        return layers.ToImmutable();
    }

    private PrecisionForm Alone(LayerPrecision precision, string layer, double ms, CostMeasurement probe, CancellationToken cancellation)
    {
        double entry = 0;
        Network alone = prepared.Alone(layer, precision == LayerPrecision.BFloat16).Network;
        double error = probe.Of(
            alone,
            work.Step,
            cancellation,
            (model, inputs) => entry = LayerTiming.EntryMs(PassPipeline.Default.Run(alone), layer, model, inputs)).RelativeError;
        return new PrecisionForm(precision, ms, entry, error);
    }

    private void Announce(FrontPoint point, double floatMs)
    {
        int bytes = point.CountOf(LayerPrecision.Int8);
        int rounded = point.CountOf(LayerPrecision.BFloat16);
        string besides = rounded == 0 ? string.Empty : $" and {rounded} on brain floats";
        work.Expect(bytes == point.Precisions.Length ? 0 : judge.Runs);
        work.Begin(FormattableString.Invariant(
            $"{bytes} of {point.Precisions.Length} layers on bytes{besides}, {point.PredictedMs:0.###} of {floatMs:0.###} ms predicted"));
    }

    // In units of the time that floats took when predictions were made: the clock speed may have changed since.
    private WholeTime Time(
        CompiledModel floats, double floatMs, Network candidate, IReadOnlyDictionary<string, Tensor> sample, CancellationToken cancellation)
    {
        using CompiledModel model = Compile(candidate);
        ImmutableArray<WholeTime> times = WholeTiming.Measure([floats, model], sample, clock, cancellation);
        double factor = floatMs / times[0].Ms;
        return times[1] with { Ms = times[1].Ms * factor, SpreadMs = times[1].SpreadMs * factor };
    }

    // The choice is made: who cancels now gets it without these.
    private NetworkFigures? Figures(
        CompiledModel floats, FrontPoint point, Network chosen, IReadOnlyDictionary<string, Tensor> sample, CancellationToken cancellation)
    {
        try
        {
            using CompiledModel bytes = Compile(prepared.Build().Network);
            using CompiledModel? other = point.IsFloat || IsBytes(point) ? null : Compile(chosen);

            // A network that is measured already is not measured again, or it would have two times.
            CompiledModel taken = other ?? (point.IsFloat ? floats : bytes);
            CompiledModel[] models = [floats, bytes, .. other is null ? Array.Empty<CompiledModel>() : [other]];
            ImmutableArray<WholeTime> times = WholeTiming.Measure(models, sample, clock, cancellation);
            return new NetworkFigures(
                times[0], times[1], times[Array.IndexOf(models, taken)], EnergyMeasurement.Of([floats, bytes, taken], sample, times[0].Ms, clock));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static bool IsBytes(FrontPoint point) => point.Precisions.All(precision => precision == LayerPrecision.Int8);

    private QuantisedNetwork Build(ImmutableArray<LayerForms> layers, FrontPoint point) => prepared.Build(
        Kept(layers, point).ToImmutableDictionary(kept => kept.Node, kept => kept.Reason), Of(layers, point, LayerPrecision.BFloat16));

    private static ImmutableArray<string> Of(ImmutableArray<LayerForms> layers, FrontPoint point, LayerPrecision precision) =>
        [.. layers.Zip(point.Precisions).Where(pair => pair.Second == precision).Select(pair => pair.First.Node)];

    private static ImmutableArray<KeptLayer> Kept(ImmutableArray<LayerForms> layers, FrontPoint point) =>
    [
        .. layers.Zip(point.Precisions).Where(pair => pair.Second == LayerPrecision.Float32)
            .Select(pair => new KeptLayer(pair.First.Node, Reason(pair.First))),
    ];

    private static string Reason(LayerForms layer)
    {
        (PrecisionForm floats, PrecisionForm bytes) = (layer.Forms[0], layer.Forms[1]);
        double most = bytes.Ms + bytes.EntryMs;
        return bytes.Ms >= floats.Ms
            ? FormattableString.Invariant($"on bytes it is not faster: {bytes.Ms:0.###} ms, in floats {floats.Ms:0.###} ms")
            : most >= floats.Ms && layer.Sources.IsEmpty
            ? FormattableString.Invariant($"making bytes of its input costs more than they save: {most:0.###} ms, in floats {floats.Ms:0.###} ms")
            : FormattableString.Invariant(
                $"bytes would save {floats.Ms - bytes.Ms:0.###} ms and cost an error of {bytes.RelativeError * 100:0.##} %: others give more for less");
    }

    private static ImmutableArray<LayerSensitivity> Sensitivities(ImmutableArray<LayerForms> layers) =>
        [.. layers.Select(layer => new LayerSensitivity(layer.Node, layer.Forms[1].RelativeError)).OrderByDescending(layer => layer.RelativeError)];

    private CompiledModel Compile(Network of) =>
        CompiledModel.Compile(PassPipeline.Default.Run(of), NoConfigurations, new ModelOptions { Threads = threads });
}
