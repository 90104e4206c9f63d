using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Reference;
using Attune.Runtime;

namespace Attune.Cli.Commands;

/// <summary><c>attune verify</c>: how far a tuned model is from the reference kernels run on the original model.</summary>
internal sealed class VerifyCommand : CliCommand
{
    private readonly Argument<string> tuned = RunnableModelArgument.Make();
    private readonly Option<string> model = new("--model") { Description = "The original: an ONNX file or zoo:NAME.", HelpName = "MODEL", Required = true };
    private readonly Option<string[]> shape = SharedOptions.Shape();
    private readonly Option<double?> tolerance = new("--tolerance")
    {
        Description = "Largest allowed error relative to the largest magnitude of an output. Default: 1e-4; with narrow weights 16 times the rounding error of "
            + "one: 7.8e-3 (f16), 6.3e-2 (i8); with activations of bytes 3.1e-2.",
        HelpName = "SHARE",
    };

    private readonly Option<int> seed = new("--seed") { Description = "Seed of the random inputs.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> device = DeviceArgument.AsTuned();
    private readonly Option<int?> threads = SharedOptions.ThreadsAsTuned();
    private readonly Option<string?> weights = SharedOptions.WeightsAsStored();

    public VerifyCommand()
        : base(
            "verify",
            "Compare a tuned model with the reference kernels on random inputs. Relative errors are relative to the largest magnitude of the reference output.",
            "attune verify mobilenet.attune --model model.onnx",
            "attune verify zoo:alexnet --model zoo:alexnet --weights i8")
    {
        Command.Arguments.Add(tuned);
        Command.Options.Add(model);
        Command.Options.Add(shape);
        Command.Options.Add(tolerance);
        Command.Options.Add(seed);
        Command.Options.Add(device);
        Command.Options.Add(threads);
        Command.Options.Add(weights);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        using RunnableModel subject = RunnableModelArgument.Load(
            invocation.Value(tuned)!, invocation.Value(threads), invocation.Value(shape)!, invocation.Value(weights),
            DeviceArgument.Named(invocation.Value(device)));
        LoadedModel original = ModelLoader.LoadLike(invocation.Value(model)!, invocation.Value(shape)!, subject.Compiled.Inputs);
        CheckSame(original.Network, subject);
        Dictionary<string, Tensor> inputs = RandomInputs.For(original.Network.Inputs, invocation.Value(seed));
        int done = 0;

        // What rounding to bytes or brain floats lost was measured when it was done, and is no fault of kernels. Who names a tolerance asks for all of it.
        double? given = invocation.Value(tolerance);
        bool rounds = subject.Tuned is { } file && (file.Precision is not null || file.Network.Nodes.Any(ModelTolerance.RoundsToBrainFloats));
        Network right = given is null && rounds
            ? TunedModelFile.Load(invocation.Value(tuned)!).OrThrow(error => new TunedModelException(error)).Network
            : original.Network;
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(right, inputs, null, (node, _) =>
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            invocation.Progress.Report($"verify  reference {++done} of {right.Nodes.Length}: {node.Name}");
        });
        IReadOnlyDictionary<string, Tensor> actual = subject.Compiled.Run(inputs);
        OutputError[] errors = [.. original.Network.Outputs.Select(output => OutputError.Of(output.Name, actual[output.Name], expected[output.Name]))];
        return Task.FromResult(
            Result(
                subject,
                errors,
                given ?? Allowed(subject, right),
                SourceWarning.Of(subject, invocation.Value(model))));
    }

    // A tuned model may round activations that its original does not: to brain floats, as it was asked to.
    private static double Allowed(RunnableModel subject, Network original) => Math.Max(
        ModelTolerance.Of(subject.Weights, original), subject.Tuned is { } tuned ? ModelTolerance.Of(WeightFormat.F32, tuned.Network) : 0);

    private static CommandResult Result(RunnableModel subject, OutputError[] errors, double tolerance, ImmutableArray<string> warnings)
    {
        OutputError worst = errors.MaxBy(error => error.MaxRelError)!;
        bool passed = worst.MaxRelError <= tolerance;
        var data = new
        {
            MaxAbsError = errors.Max(error => error.MaxAbsError),
            worst.MaxRelError,
            Passed = passed,
            Tolerance = tolerance,
            subject.Weights,
            Outputs = errors,
        };
        string rounding = subject.Weights == WeightFormat.F32 ? string.Empty : $"; weights stored as {WeightFormats.NameOf(subject.Weights)}";
        rounding += subject.Tuned?.Precision is { } precision ? $"; quantised ({precision.Precision}) when it was tuned" : string.Empty;
        return new CommandResult(data, report => report.Line(
            $"{(passed ? "passed" : "failed")}  largest error {data.MaxAbsError:0.##e+0} absolute, {data.MaxRelError:0.##e+0} relative to the largest output; "
            + $"tolerance {tolerance:0.##e+0}; {errors.Length} output{(errors.Length == 1 ? string.Empty : "s")}{rounding}"))
        {
            Warnings = [.. ModelWarnings.Of(subject), .. warnings],
            Failure = passed
                ? null
                : new Failure(
                    ExitCode.Gate,
                    ErrorCodes.WrongResult,
                    $"Output '{worst.Output}' differs by {worst.MaxRelError:0.##e+0}, more than the tolerance {tolerance:0.##e+0}.",
                    "Report it with the model if you can, and tune again; to see which configurations it runs: attune explain FILE"),
        };
    }

    private static void CheckSame(Network original, RunnableModel subject)
    {
        if (!original.Inputs.SequenceEqual(subject.Compiled.Inputs)
            || !original.Outputs.Select(output => output.Name).SequenceEqual(subject.Compiled.Outputs.Select(output => output.Name)))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.InputMismatch,
                $"{subject.Name} was not made from this model: inputs {Text(subject.Compiled.Inputs)} there, {Text(original.Inputs)} here.",
                "Name the model that it was tuned from, and leave --shape out: the tuned file knows its shapes.");
        }
    }

    private static string Text(IEnumerable<NetworkValue> values) => string.Join(", ", values.Select(value => $"{value.Name} {value.Type}"));
}
