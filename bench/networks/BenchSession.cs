using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>Measures the rows of a table one after the other and keeps the results after each.</summary>
/// <param name="attune">The program.</param>
/// <param name="options">What to do.</param>
/// <param name="origin">System, commit and command, for the record.</param>
/// <param name="clock">Time.</param>
/// <param name="say">Tells how far things are.</param>
internal sealed class BenchSession(IAttune attune, BenchOptions options, BenchOrigin origin, TimeProvider clock, Action<string> say)
{
    /// <summary>Name of the file of results in the output folder.</summary>
    public const string ResultsFile = "results.json";

    private string ResultsPath => Path.Combine(options.Output, ResultsFile);

    /// <summary>Everything known so far; null before the machine was looked at.</summary>
    public BenchResults? Results { get; private set; }

    /// <summary>The rows asked for that have results, in order.</summary>
    public ImmutableArray<BenchRow> Rows { get; private set; } = [];

    /// <summary>Measures every row asked for.</summary>
    /// <exception cref="BenchFailedException">Nothing can be measured.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted; what is complete has been kept.</exception>
    public async Task RunAsync()
    {
        ToolAnswer doctor = await attune.RunAsync(new Dictionary<string, string>(), "doctor");
        JsonObject machine = doctor.Document ?? throw new BenchFailedException($"attune doctor failed: {doctor.Failure}");
        BenchResults? kept = BenchResults.Load(ResultsPath);
        if (kept is not null && kept.Machine.Text("fingerprint") != machine.Text("fingerprint"))
        {
            throw new BenchFailedException(
                $"{ResultsPath} was measured on another machine ({kept.Machine.Text("fingerprint")}); name another folder with --out.");
        }

        Results = new BenchResults(machine, origin.System, kept?.Rows ?? []);
        int widest = (int)(machine.Items("vector_bits").Select(bits => bits.GetValue<double>()).DefaultIfEmpty(128).Max());
        var measurement = new RowMeasurement(attune, options, widest, say);
        foreach (RowKey key in await PossibleAsync(options.Rows(widest), machine))
        {
            (JsonObject? tune, JsonObject? verify, JsonObject? bench, ImmutableArray<string> failures) = await measurement.RunAsync(key, Results.Find(key));
            var row = new BenchRow(
                key.Network, key.Threads, key.VectorBits, key.Weights, clock.GetUtcNow(), origin.Commit, origin.Command, tune, verify, bench, failures);
            Results = Results.With(row);
            Rows = Rows.Add(row);
            Results.Save(ResultsPath);
        }
    }

    /// <summary>Takes the rows asked for from the results kept, without measuring.</summary>
    /// <exception cref="BenchFailedException">There are none.</exception>
    public void Recall()
    {
        Results = BenchResults.Load(ResultsPath) ?? throw new BenchFailedException($"There is no {ResultsPath}; measure first, without --report-only.");
        int widest = (int)Results.Machine.Items("vector_bits").Select(bits => bits.GetValue<double>()).DefaultIfEmpty(128).Max();
        Rows = [.. options.Rows(widest).Select(Results.Find).OfType<BenchRow>()];
        if (Rows.IsEmpty)
        {
            throw new BenchFailedException(
                $"{ResultsPath} holds none of the rows asked for; it has {string.Join("; ", Results.Rows.Select(row => row.Key.Label))}.");
        }
    }

    private async Task<RowKey[]> PossibleAsync(ImmutableArray<RowKey> wanted, JsonObject machine)
    {
        ToolAnswer zoo = await attune.RunAsync(new Dictionary<string, string>(), "zoo", "list");
        HashSet<string> networks = [.. zoo.Document.Items("networks").Select(network => network.Text("name")).OfType<string>()];
        bool formats = wanted.All(key => key.IsStoredAsItIs) || (await attune.HelpAsync("tune")).Contains("--weights", StringComparison.Ordinal);
        double usable = machine.Number("usable_threads") ?? 1;
        foreach (string missing in wanted.Select(key => key.Network).Distinct().Where(name => !networks.Contains(name)))
        {
            say($"skipped: the zoo has no network {missing}");
        }

        if (wanted.Any(key => key.Threads > usable))
        {
            say($"skipped: rows of more than {usable:0} threads, which this machine cannot run");
        }

        if (!formats)
        {
            say("skipped: rows of other weights than f32, which this Attune cannot store");
        }

        RowKey[] possible = [.. wanted.Where(key => networks.Contains(key.Network) && key.Threads <= usable && (formats || key.IsStoredAsItIs))];
        return possible.Length > 0
            ? possible
            : throw new BenchFailedException(
                $"None of the rows asked for can be measured here. The zoo has {string.Join(", ", networks)}; this machine runs {usable:0} threads.");
    }
}
