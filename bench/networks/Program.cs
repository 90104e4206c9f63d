using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Attune.Bench.Networks;

/// <summary>
/// Compares Attune with ONNX Runtime on the networks of the zoo and writes the tables of docs/benchmarks.md. Markdown goes to stdout and, with the results as
/// JSON, to the output folder; progress goes to stderr. Exit codes as those of attune.
/// </summary>
internal static class Program
{
    private const int Failed = 1;
    private const int Usage = 2;
    private const int Stopped = 6;

    private static readonly BenchOptions Defaults = new();
    private static readonly Option<string> Networks = new("--networks")
    {
        Description = "Networks of the zoo.",
        HelpName = "A,B",
        DefaultValueFactory = _ => string.Join(',', Defaults.Networks),
    };
    private static readonly Option<string> Threads = new("--threads")
    {
        Description = "Numbers of threads.",
        HelpName = "N,M",
        DefaultValueFactory = _ => string.Join(',', Defaults.Threads),
    };
    private static readonly Option<string> Vectors = new("--vectors")
    {
        Description = "Widest vectors that Attune may use: widest, 512, 256 or 128 bits. ONNX Runtime keeps its own.",
        HelpName = "W,X",
        DefaultValueFactory = _ => string.Join(',', Defaults.Vectors),
    };
    private static readonly Option<string> Weights = new("--weights")
    {
        Description = "How Attune stores weights: f32, f16, i8. Default: f32, and all three for networks with large dense layers.",
        HelpName = "F,G",
        DefaultValueFactory = _ => string.Empty,
    };
    private static readonly Option<string> Precision = new("--precision")
    {
        Description = "What the networks compute with: f32; i8 for networks quantised by attune quantize, which both sides read; bf16 in Attune alone.",
        HelpName = "P,Q",
        DefaultValueFactory = _ => string.Join(',', Defaults.Precisions),
    };
    private static readonly Option<string> Budget = new("--budget")
    {
        Description = "Tuning of each row, for example 10m or 500trials.",
        HelpName = "BUDGET",
        DefaultValueFactory = _ => Defaults.Budget,
    };
    private static readonly Option<string> Duration = new("--duration")
    {
        Description = "Time of each comparison; longer where it gives too few runs.",
        HelpName = "TIME",
        DefaultValueFactory = _ => $"{Defaults.DurationSeconds:0}s",
    };
    private static readonly Option<int> MinimumRuns = new("--min-runs")
    {
        Description = "Runs of each side that a comparison must have.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.MinimumRuns,
    };
    private static readonly Option<string> Output = new("--out")
    {
        Description = "Folder of models, records and results. The same command goes on from the records there.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Defaults.Output,
    };
    private static readonly Option<bool> Reuse = new("--reuse") { Description = "Take the models that were tuned there before instead of tuning." };
    private static readonly Option<bool> PerLayer = new("--per-layer")
    {
        Description = "Also measure and report every layer: algorithm, time, GFLOP/s, GB/s, share of the roofline.",
    };
    private static readonly Option<bool> ReportOnly = new("--report-only")
    {
        Description = "Measure nothing; write the report again from the results in the folder.",
    };
    private static readonly Option<string> Attune = new("--attune")
    {
        Description = "The program to measure.",
        HelpName = "PATH",
        DefaultValueFactory = _ => "./attune",
    };
    private static readonly Option<string> Commit = new("--commit")
    {
        Description = "What is measured, for the record.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "unknown",
        Hidden = true,
    };
    private static readonly Option<string> System = new("--system")
    {
        Description = "Operating system, for the record.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => RuntimeInformation.OSDescription,
        Hidden = true,
    };

    private static async Task<int> Main(string[] arguments)
    {
        using var interrupted = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // The first Ctrl-C keeps what was found, the second one ends the process at once.
            if (!interrupted.IsCancellationRequested)
            {
                signal.Cancel = true;
                interrupted.Cancel();
            }
        }

        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var root = new RootCommand("Compares Attune with ONNX Runtime on the networks of the zoo. Example, one row: bench/run --networks resnet18 --threads 1 "
            + "--vectors widest --budget 5m")
        {
            Networks, Threads, Vectors, Weights, Precision, Budget, Duration, MinimumRuns, Output, Reuse, PerLayer, ReportOnly, Attune, Commit, System,
        };
        root.SetAction((parsed, _) => RunAsync(parsed, Command(arguments), interrupted.Token));
        ParseResult result = root.Parse(arguments);
        int exit = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, CancellationToken.None);
        return result.Errors.Count > 0 ? Usage : exit;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string command, CancellationToken cancellation)
    {
        ImmutableArray<string> List(Option<string> option) =>
            [.. parsed.GetValue(option)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        var options = new BenchOptions
        {
            Networks = List(Networks),
            Threads = [.. List(Threads).Select(text => int.TryParse(text, out int count) ? count : 0)],
            Vectors = List(Vectors),
            Weights = List(Weights),
            Precisions = List(Precision),
            Budget = parsed.GetValue(Budget)!,
            DurationSeconds = BenchOptions.Seconds(parsed.GetValue(Duration)!) ?? 0,
            MinimumRuns = parsed.GetValue(MinimumRuns),
            Output = parsed.GetValue(Output)!,
            Reuse = parsed.GetValue(Reuse),
            PerLayer = parsed.GetValue(PerLayer),
        };
        if (!options.Problems().IsEmpty)
        {
            return Fail($"{string.Join("; ", options.Problems())}. See bench/run --help.", Usage);
        }

        var origin = new BenchOrigin(parsed.GetValue(System)!, parsed.GetValue(Commit)!, command);
        var session = new BenchSession(
            new AttuneProcess(parsed.GetValue(Attune)!, cancellation),
            options,
            origin,
            TimeProvider.System,
            line => Console.Error.WriteLine($"bench   {line}"));
        try
        {
            if (parsed.GetValue(ReportOnly))
            {
                session.Recall();
            }
            else
            {
                Directory.CreateDirectory(options.Output);
                await session.RunAsync();
            }
        }
        catch (OperationCanceledException)
        {
            Report(session, options);
            return Fail($"Interrupted; {session.Rows.Length} rows are complete. The same command goes on from the records in {options.Output}.", Stopped);
        }
        catch (Exception failure) when (
            failure is BenchFailedException or JsonException or IOException or UnauthorizedAccessException or global::System.ComponentModel.Win32Exception)
        {
            return Fail(failure.Message, Usage);
        }

        Report(session, options);
        return session.Rows.Any(row => !row.Failures.IsEmpty) ? Failed : 0;
    }

    private static void Report(BenchSession session, BenchOptions options)
    {
        if (session.Results is not { } results)
        {
            return;
        }

        using var text = new StringWriter();
        new MarkdownReport(results, session.Rows).Write(text, options.PerLayer);
        Console.Out.Write(text);
        string path = Path.Combine(options.Output, "report.md");
        File.WriteAllText(path, $"{text}");
        Console.Error.WriteLine($"bench   wrote {path} and {Path.Combine(options.Output, BenchSession.ResultsFile)}");
    }

    // What only the wrapper script passes is no part of the command.
    private static string Command(string[] arguments)
    {
        var shown = new List<string> { "bench/run" };
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--commit" or "--system")
            {
                i++;
                continue;
            }

            shown.Add(arguments[i]);
        }

        return string.Join(' ', shown);
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"bench: {message}");
        return code;
    }
}
