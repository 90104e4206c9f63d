using System.CommandLine;
using System.Text.Json;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Diagnostics;
using Attune.Compile.Models;
using Attune.Measuring.Workers;
using Attune.Runtime;

namespace Attune.Cli.Commands;

/// <summary>
/// <c>attune load-probe</c>, hidden: loads a model in a process of its own, so that load time and memory are those of a fresh process, and runs it on request.
/// Speaks the peers' protocol on its standard streams until its input ends.
/// </summary>
internal sealed class LoadProbeCommand : CliCommand
{
    private const string Name = "load-probe";
    private const int CountedRuns = 10;

    private readonly Argument<string> model = RunnableModelArgument.Make();
    private readonly Option<int?> threads = SharedOptions.ThreadsAsTuned();
    private readonly Option<string[]> shape = SharedOptions.Shape();

    public LoadProbeCommand()
        : base(Name, "Load a model for another process.")
    {
        Command.Hidden = true;
        Command.Arguments.Add(model);
        Command.Options.Add(threads);
        Command.Options.Add(shape);
    }

    /// <summary>Command line of a probe.</summary>
    /// <param name="source">The model.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="shapes">Values of --shape.</param>
    public static WorkerCommand CommandLine(string source, int threads, IEnumerable<string> shapes) =>
        WorkerCommand.Self([Name, source, "--threads", $"{threads}", .. shapes.SelectMany(shape => (string[])["--shape", shape])]);

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        long start = invocation.Clock.GetTimestamp();
        using RunnableModel ours = RunnableModelArgument.Load(invocation.Value(model)!, invocation.Value(threads), invocation.Value(shape)!);
        double elapsed = invocation.Clock.GetElapsedTime(start).TotalMilliseconds;
        LoadTimes times = ours.Compiled.LoadTimes;
        await using var contender = new CompiledContender(ours.Name, ours.Compiled, invocation.Clock);
        await contender.RunAsync(2, invocation.Cancellation);
        Answer(output, json =>
        {
            json.WriteBoolean("ready", true);
            json.WriteString("name", ours.Name);
            json.WriteNumber("load_ms", ours.Tuned is null ? elapsed : times.TotalMs);
            json.WriteNumber("read_ms", times.ReadMs);
            json.WriteNumber("compile_ms", times.CompileMs);
            json.WriteNumber("pack_ms", times.PackMs);
            json.WriteNumber("allocated_bytes_per_run", contender.AllocatedBytesPerRun(CountedRuns));
        });
        using var lines = new StreamReader(input);
        while (await lines.ReadLineAsync(invocation.Cancellation) is { } line)
        {
            using var request = JsonDocument.Parse(line);
            double[] measured = await contender.RunAsync(Math.Max(0, request.RootElement.GetProperty("run").GetInt32()), invocation.Cancellation);
            Answer(output, json =>
            {
                json.WriteStartArray("ms");
                Array.ForEach(measured, json.WriteNumberValue);
                json.WriteEndArray();
            });
        }

        return new CommandResult(new { }, _ => { });
    }

    private static void Answer(Stream output, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        output.Flush();
    }
}
