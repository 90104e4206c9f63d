using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Cli.Commands;

/// <summary><c>attune run</c>: one inference from files to files.</summary>
internal sealed class RunCommand : CliCommand
{
    private const int TopCount = 5;

    private readonly Argument<string> model = RunnableModelArgument.Make();
    private readonly Option<string[]> input = new("--input")
    {
        Description = "An input: FILE or NAME=FILE, .npy or TensorProto .pb. May be repeated.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<string[]> output = new("--output")
    {
        Description = "Where to write an output: FILE or NAME=FILE, .npy or .pb. May be repeated.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<string?> device = DeviceArgument.AsTuned();
    private readonly Option<int?> threads = SharedOptions.ThreadsAsTuned();
    private readonly Option<string[]> shape = SharedOptions.Shape();
    private readonly Option<string?> weights = SharedOptions.WeightsAsStored();

    public RunCommand()
        : base("run", "Run one inference.", "attune run mobilenet.attune --input x.npy --output y.npy")
    {
        Command.Arguments.Add(model);
        Command.Options.Add(input);
        Command.Options.Add(output);
        Command.Options.Add(device);
        Command.Options.Add(threads);
        Command.Options.Add(shape);
        Command.Options.Add(weights);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        using RunnableModel subject = RunnableModelArgument.Load(
            invocation.Value(model)!, invocation.Value(threads), invocation.Value(shape)!, invocation.Value(weights),
            DeviceArgument.Named(invocation.Value(device)), declared => ShapesOf(declared, invocation.Value(input)!));
        CompiledModel compiled = subject.Compiled;
        IReadOnlyDictionary<string, string> sources = NamedFiles.Assign("--input", invocation.Value(input)!, compiled.Inputs);
        IReadOnlyDictionary<string, string> targets = NamedFiles.Assign("--output", invocation.Value(output)!, compiled.Outputs);
        Dictionary<string, Tensor> inputs = compiled.Inputs.ToDictionary(value => value.Name, value => Read(value, sources, !compiled.OpenInputs.IsEmpty));
        long start = invocation.Clock.GetTimestamp();
        IReadOnlyDictionary<string, Tensor> outputs = compiled.Run(inputs);
        double milliseconds = invocation.Clock.GetElapsedTime(start).TotalMilliseconds;
        foreach ((string name, string path) in targets)
        {
            TensorFiles.Write(path, name, outputs[name]);
        }

        var data = new
        {
            Model = subject.Name,
            subject.Weights,
            FirstRunMs = milliseconds,
            Outputs = compiled.Outputs.Select(value => new
            {
                value.Name,
                Type = value.Type.Element,
                Shape = outputs[value.Name].Shape.Dimensions,
                File = targets.GetValueOrDefault(value.Name),
                Top = Top(outputs[value.Name]),
            }),
        };
        return Task.FromResult(new CommandResult(data, report =>
        {
            foreach (NetworkValue value in compiled.Outputs)
            {
                Tensor tensor = outputs[value.Name];
                report.Line($"{value.Name}  {tensor.Type}  largest: {string.Join(", ", Top(tensor).Select(entry => $"[{entry.Index}] {entry.Value:g5}"))}");
            }

            report.Line($"first run {Units.Milliseconds(milliseconds)}");
        })
        {
            Warnings = ModelWarnings.Of(subject),
            Written = [.. targets.Values],
        });
    }

    /// <summary>Shapes of the files that were given, as --shape takes them.</summary>
    private static string[] ShapesOf(ImmutableArray<NetworkValue> declared, string[] files) =>
        ModelSource.ShapesOf(NamedFiles.Assign("--input", files, declared).Select(file => new NetworkValue(file.Key, TensorFiles.Read(file.Value).Type)));

    private static Tensor Read(NetworkValue value, IReadOnlyDictionary<string, string> sources, bool isOpen)
    {
        if (!sources.TryGetValue(value.Name, out string? path))
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.InputMismatch, $"Input '{value.Name}' ({value.Type}) is missing.", $"Add --input {value.Name}=FILE.npy.");
        }

        Tensor tensor = TensorFiles.Read(path);
        return tensor.Type == value.Type || (isOpen && tensor.Element == value.Type.Element)
            ? tensor
            : throw new CommandFailedException(new Failure(
                ExitCode.Usage,
                ErrorCodes.InputMismatch,
                $"Input '{value.Name}' must be {value.Type}, but the file holds {tensor.Type}.",
                "Write the array with that element type and shape, or tune the model for another shape with --shape.")
            {
                Where = path,
            });
    }

    private static IReadOnlyList<TopValue> Top(Tensor tensor) =>
        tensor.Data is float[] values
            ? [.. values.Index().OrderByDescending(entry => entry.Item).Take(TopCount).Select(entry => new TopValue(entry.Index, entry.Item))]
            : [];

    private sealed record TopValue(int Index, float Value);
}
