using Attune.Cli.Output;
using Attune.Compile.Quantisation.Mixed;
using Spectre.Console;

namespace Attune.Cli.Quantise;

/// <summary>What is said about a search for precisions.</summary>
internal static class MixedText
{
    private const int MaxFront = 12;

    /// <summary>The data of reports.</summary>
    /// <param name="mixed">The search.</param>
    public static object Data(MixedReport mixed) => new
    {
        mixed.Allowed,
        Layers = mixed.Layers.Zip(mixed.Chosen.Precisions).Select(pair => new
        {
            pair.First.Node,
            Precision = NameOf(pair.Second),
            Forms = pair.First.Forms.Select(form => new
            {
                Precision = NameOf(form.Precision),
                form.Ms,
                form.EntryMs,
                RelativeError = Finite(form.RelativeError),
            }),
        }),
        Front = mixed.Front.Select(point => new
        {
            Bytes = Bytes(point),
            BrainFloats = BrainFloats(point),
            point.PredictedMs,
            PredictedError = Finite(point.PredictedError),
        }),
        Trials = mixed.Trials.Select(trial => new
        {
            Bytes = Bytes(trial.Point),
            BrainFloats = BrainFloats(trial.Point),
            trial.Point.PredictedMs,
            PredictedError = Finite(trial.Point.PredictedError),
            trial.Ms,
            RelativeError = Finite(trial.RelativeError),
            Loss = Finite(trial.Loss),
            trial.IsWithin,
        }),
        Chosen = new
        {
            Bytes = Bytes(mixed.Chosen),
            BrainFloats = BrainFloats(mixed.Chosen),
            mixed.Chosen.PredictedMs,
            PredictedError = Finite(mixed.Chosen.PredictedError),
        },
        LossOfBytes = Finite(mixed.CostOfBytes.Loss),
        LatencyMs = mixed.Figures is not { } figures ? null : new
        {
            Floats = Time(figures.Floats),
            Bytes = Time(figures.Bytes),
            Chosen = Time(figures.Chosen),
        },
        EnergyMj = mixed.Figures?.Energy,
    };

    /// <summary>Latencies and energies, in one or two lines.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="mixed">The search.</param>
    public static void Figures(IAnsiConsole report, MixedReport mixed)
    {
        if (mixed.Figures is not { } figures)
        {
            report.Line("Latency  not compared: the search was interrupted");
            return;
        }

        report.Line($"Latency  {Text(figures.Floats)} in floats, {Text(figures.Bytes)} with all layers on bytes, {Text(figures.Chosen)} as chosen (predicted "
            + $"{Units.Milliseconds(mixed.Chosen.PredictedMs)}); default configurations, alternating runs");
        report.Line(figures.Energy is { } energy
            ? $"Energy   {energy.FloatsMj:0.0} mJ in floats, {energy.BytesMj:0.0} mJ with all layers on bytes, {energy.ChosenMj:0.0} mJ as chosen "
                + $"({energy.Meter}, the machine at rest included)"
            : "Energy   not known: this machine has no meter that can be read");
    }

    /// <summary>What was measured of every layer, and the front with what was tried of it.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="mixed">The search.</param>
    public static void Tables(IAnsiConsole report, MixedReport mixed)
    {
        report.Line(string.Empty);
        bool rounds = mixed.Layers.Any(layer => layer.Forms.Any(form => form.Precision == LayerPrecision.BFloat16));
        string[] more = rounds ? [">bf16", "?>its entry", "?>its error"] : [];
        ReportTable.Print(
            report,
            ["layer", "precision", ">floats", ">bytes", "?>entry", "?>error alone", .. more],
            mixed.Layers.Zip(mixed.Chosen.Precisions).Select(pair => (string[])
            [
                pair.First.Node,
                NameOf(pair.Second),
                Units.Milliseconds(pair.First.Forms[0].Ms),
                .. Columns(pair.First.Forms[1]),
                .. rounds ? Columns(pair.First.Forms.FirstOrDefault(form => form.Precision == LayerPrecision.BFloat16)) : [],
            ]));
        report.Line(string.Empty);
        ReportTable.Print(
            report,
            [$"front of {mixed.Front.Length}", ">predicted", ">error", ">measured", "?>error", ">lost"],
            Rows(mixed).Select(point =>
            {
                CandidateTrial? trial = mixed.Trials.FirstOrDefault(trial => trial.Point == point);
                return (string[])
                [
                    $"{(point == mixed.Chosen ? "* " : string.Empty)}{Bytes(point)} on bytes{(rounds ? $", {BrainFloats(point)} on bf16" : string.Empty)}",
                    Units.Milliseconds(point.PredictedMs),
                    Error(point.PredictedError),
                    trial?.Ms is { } measured ? Units.Milliseconds(measured) : "-",
                    trial is null ? "-" : Error(trial.RelativeError),
                    trial is null ? "-" : $"{Error(trial.Loss)}{(trial.IsWithin ? string.Empty : " too much")}",
                ];
            }));
        report.Line(string.Empty);
    }

    // Those that were tried, and some between them.
    private static IEnumerable<FrontPoint> Rows(MixedReport mixed)
    {
        HashSet<FrontPoint> shown = [.. mixed.Trials.Select(trial => trial.Point)];
        int every = Math.Max(1, (mixed.Front.Length + MaxFront - 1) / MaxFront);
        FrontPoint[] beside = [.. shown.Where(point => !mixed.Front.Contains(point))];
        IEnumerable<FrontPoint> some = mixed.Front.Where(
            (point, i) => shown.Contains(point) || point == mixed.Chosen || i % every == 0 || i == mixed.Front.Length - 1);
        return beside.Concat(some).OrderBy(point => point.PredictedMs);
    }

    private static string[] Columns(PrecisionForm? form) =>
        form is null ? ["-", "-", "-"] : [Units.Milliseconds(form.Ms), Units.Milliseconds(form.EntryMs), Error(form.RelativeError)];

    private static int Bytes(FrontPoint point) => point.CountOf(LayerPrecision.Int8);

    private static int BrainFloats(FrontPoint point) => point.CountOf(LayerPrecision.BFloat16);

    private static string NameOf(LayerPrecision precision) => precision switch
    {
        LayerPrecision.Float32 => "f32",
        LayerPrecision.Int8 => "i8",
        _ => "bf16",
    };

    private static string Text(WholeTime time) => $"{Units.Milliseconds(time.Ms)} ± {Units.Milliseconds(time.SpreadMs)}";

    private static object Time(WholeTime time) => new { Median = time.Ms, Spread = time.SpreadMs, time.IsFaster };

    private static string Error(double share) => double.IsFinite(share) ? $"{share * 100:0.00} %" : "without bound";

    private static double? Finite(double number) => double.IsFinite(number) ? number : null;
}
