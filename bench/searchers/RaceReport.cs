using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Numerics;

namespace Attune.Bench.Searchers;

/// <summary>What a comparison gave, as Markdown or JSON.</summary>
/// <param name="Options">What was compared.</param>
/// <param name="Races">Tasks on which all runs have ended.</param>
/// <param name="Complete">False when it was interrupted: later tasks are missing.</param>
/// <param name="Cpu">Name of the CPU.</param>
/// <param name="Device">Fingerprint id of the CPU.</param>
/// <param name="Time">When it ended, UTC.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Measured">Candidates measured.</param>
/// <param name="Reused">Questions answered from the memo.</param>
internal sealed record RaceReport(
    RaceOptions Options,
    IReadOnlyList<TaskRace> Races,
    bool Complete,
    string Cpu,
    string Device,
    DateTimeOffset Time,
    TimeSpan Elapsed,
    int Measured,
    int Reused)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private string Baseline => Options.Searchers[0];

    private IEnumerable<string> Others => Options.Searchers.Skip(1);

    private ImmutableArray<PairedSummary> Summaries => Races.Count == 0 ? [] : [.. Others.Select(name => PairedSummary.Of(name, Baseline, Races))];

    /// <summary>Writes tables for docs/benchmarks.md.</summary>
    public void WriteMarkdown(TextWriter output)
    {
        string threads = Options.Threads == 1 ? "1 thread" : $"{Options.Threads} threads";
        output.WriteLine($"{Cpu}, {threads}, {Time:yyyy-MM-dd}. {Options.Trials} trials a run, {Options.Seeds} seeds, {Measured} candidates measured and "
            + $"{Reused} answers reused in {Elapsed.TotalMinutes:0.0} minutes.{(Complete ? string.Empty : " Interrupted: tasks are missing.")}");
        output.WriteLine();
        string[] head = ["layer", "network", "default", .. Options.Searchers.Select(name => $"{name}, mean ± sd"), .. Others.SelectMany(
            name => new[] { $"{Baseline} / {name}", "wins" })];
        output.WriteLine($"| {string.Join(" | ", head)} |");
        output.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("--:|", head.Length - 2))}");
        foreach (TaskRace race in Races)
        {
            string[] cells =
            [
                race.Task.Task.Name,
                race.Task.Network,
                race.DefaultMs is { } ms ? $"{Format(ms, ms)} ms" : "-",
                .. Options.Searchers.Select(name => MeanAndDeviation(race.BestsOf(name))),
                .. Others.SelectMany(name => Compared(race, name)),
            ];
            output.WriteLine($"| {string.Join(" | ", cells)} |");
        }

        foreach (PairedSummary summary in Summaries)
        {
            output.WriteLine();
            output.WriteLine($"{summary.Baseline} / {summary.Searcher} over {summary.Pairs} pairs (task, seed): geometric mean {summary.GeometricMean:0.000} "
                + $"[{summary.Low:0.000}, {summary.High:0.000}]; {summary.Searcher} wins {summary.Wins}, ties {summary.Ties}, loses "
                + $"{summary.Pairs - summary.Wins - summary.Ties}.");
        }
    }

    /// <summary>Writes one JSON document, with every run.</summary>
    public void WriteJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new
        {
            Cpu,
            Device,
            Time,
            Complete,
            Options.Searchers,
            Options.Seeds,
            Options.Trials,
            Options.Threads,
            Options.Batch,
            Options.FinalRounds,
            Seconds = Elapsed.TotalSeconds,
            Measured,
            Reused,
            Tasks = Races.Select(race => new
            {
                race.Task.Task.Name,
                race.Task.Task.Key,
                race.Task.Kind,
                race.Task.Network,
                SpaceSize = race.Task.Task.Space.Count,
                race.DefaultMs,
                Searchers = Options.Searchers.Select(
                    name => new { Name = name, MeanMs = race.BestsOf(name).Average(), SdMs = Moments.Deviation(race.BestsOf(name)) }),
                race.Runs,
            }),
            Summaries,
        },
        Json));

    private static string MeanAndDeviation(ImmutableArray<double> times)
    {
        double mean = times.Average();
        return $"{Format(mean, mean)} ± {Format(Moments.Deviation(times), mean)} ms";
    }

    // As many decimals as give a number of the given size four significant digits.
    private static string Format(double value, double size) =>
        value.ToString(size switch { < 0.1 => "0.00000", < 1 => "0.0000", < 10 => "0.000", _ => "0.00" });

    private IEnumerable<string> Compared(TaskRace race, string name)
    {
        ImmutableArray<double> theirs = race.BestsOf(Baseline);
        ImmutableArray<double> ours = race.BestsOf(name);
        yield return $"{theirs.Average() / ours.Average():0.000}";
        yield return $"{theirs.Zip(ours).Count(pair => pair.Second < pair.First)} of {ours.Length}";
    }
}
