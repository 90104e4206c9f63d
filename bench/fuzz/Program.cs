using System.CommandLine;
using System.Globalization;
using Attune.Bench.Fuzz.Campaign;
using Attune.Kernels.Targets;

namespace Attune.Bench.Fuzz;

/// <summary>Compares compiled kernels with the reference kernels on random graphs. Exit code 1 when something differs, 2 for wrong arguments.</summary>
internal static class Program
{
    /// <summary>First argument of a worker process; its first graph and its step follow.</summary>
    public const string Worker = "worker";

    private const int Differs = 1;
    private const int Usage = 2;

    private static async Task<int> Main(string[] arguments)
    {
        FuzzOptions usual = new();
        Option<long> graphs = new("--graphs") { Description = "Graphs to try.", DefaultValueFactory = _ => usual.Graphs };
        Option<int> seed = new("--seed") { Description = "A graph is a function of the seed and its number.", DefaultValueFactory = _ => usual.Seed };
        Option<long> start = new("--start") { Description = "Number of the first graph.", DefaultValueFactory = _ => usual.Start };
        Option<string> lanes = new("--lanes")
        {
            Description = "Vector widths. Default: those of this machine.",
            DefaultValueFactory = _ => string.Join(',', Widths()),
        };
        Option<int> jobs = new("--jobs")
        {
            Description = "Processes at the same time. Default: all processors.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        Option<string?> write = new("--write") { Description = "Folder for a test of each difference, which attune conformance runs." };
        RootCommand root = new("Compares compiled kernels with the reference kernels on random graphs.") { graphs, seed, start, lanes, jobs, write };
        bool isWorker = arguments is [Worker, _, _, ..];
        ParseResult parsed = root.Parse(isWorker ? arguments[3..] : arguments);
        if (parsed.Errors.Count > 0 || parsed.Action is not null)
        {
            int code = await parsed.InvokeAsync();
            return parsed.Errors.Count > 0 ? Usage : code;
        }

        var options = new FuzzOptions
        {
            Graphs = parsed.GetValue(graphs),
            Seed = parsed.GetValue(seed),
            Start = parsed.GetValue(start),
            Lanes = [.. parsed.GetValue(lanes)!.Split(',').Select(width => int.TryParse(width, CultureInfo.InvariantCulture, out int number) ? number : 0)],
            Jobs = parsed.GetValue(jobs),
            Write = parsed.GetValue(write),
        };
        if (options.Problems() is [var problem, ..])
        {
            Console.Error.WriteLine(problem);
            return Usage;
        }

        if (isWorker)
        {
            FuzzWorker.Run(
                options, long.Parse(arguments[1], CultureInfo.InvariantCulture), long.Parse(arguments[2], CultureInfo.InvariantCulture), Console.Out);
            return 0;
        }

        return await new FuzzSupervisor(options, TimeProvider.System, Console.Out, Console.Error).RunAsync() == 0 ? 0 : Differs;
    }

    private static IEnumerable<int> Widths() => new[] { 16, 8, 4 }.Where(width => width <= HostTarget.Widest.Lanes);
}
