using System.CommandLine;
using System.Globalization;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Graph;
using Attune.Numerics.Words;

namespace Attune.Cli.Quantise;

/// <summary><c>attune quantize</c>: a network of floats as one on bytes, with what that costs.</summary>
internal sealed class QuantizeCommand : CliCommand
{
    private static readonly string[] Methods = ["min-max", "percentile", "mse"];
    private readonly Argument<string> model = ModelLoader.Argument();
    private readonly Option<string> output = SharedOptions.Output("The ONNX file to write.");
    private readonly Option<string> method = new("--method")
    {
        Description = $"How ranges of activations follow from the samples: {string.Join(", ", Methods)} (the least mean square error of rounding and cutting).",
        HelpName = "METHOD",
        DefaultValueFactory = _ => Methods[0],
    };
    private readonly Option<double> percentile = new("--percentile")
    {
        Description = "Percentage of numbers below the upper end of a range, and above its lower end, with --method percentile.",
        HelpName = "P",
        DefaultValueFactory = _ => QuantiserOptions.Default.Percentile,
    };
    private readonly Option<string[]> exclude = new("--exclude")
    {
        Description = "Nodes that stay in floats, with commas between. May be repeated.",
        HelpName = "NAMES",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> plainBias = new("--no-bias-correction")
    {
        Description = "Leave biases as they are; else what rounding makes of each channel's average goes into them.",
    };
    private readonly Option<bool> plainRanges = new("--no-equalisation")
    {
        Description = "Leave the ranges of channels between two layers as they are; else they are made alike where that lowers the error on the samples.",
    };
    private readonly Option<int> seed = new("--seed") { Description = "Seed of random samples.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly CalibrationArguments calibration;
    private readonly Option<int?> threads = SharedOptions.Threads();
    private readonly Option<string[]> shape = SharedOptions.Shape();

    public QuantizeCommand()
        : base(
            "quantize",
            "Turn a model of floats into one on bytes (plain ONNX with QuantizeLinear and DequantizeLinear), and measure what that costs.",
            "attune quantize model.onnx --calibration samples -o model-int8.onnx",
            "attune quantize model.onnx --calibration samples --labels classes.npy --method mse -o model-int8.onnx",
            "attune quantize model.onnx --calibration samples --accuracy-budget 1% -o model-int8.onnx",
            "attune quantize model.onnx --calibration samples --precision mixed --accuracy-budget 0.5% -o model-mixed.onnx",
            "attune quantize zoo:resnet18 --calibration random:16 --exclude conv1,fc -o resnet18-int8.onnx")
    {
        output.Required = true;
        calibration = new CalibrationArguments(seed, isDefault: true);
        Command.Arguments.Add(model);
        foreach (Option option in (Option[])[output, .. calibration.Options, method, percentile, exclude, plainBias, plainRanges, seed, threads, shape])
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string target = invocation.Value(output)!;
        TargetFile.Check(target, "-o");
        QuantiserOptions options = Options(invocation);
        QuantisePrecision precision = calibration.Precision(invocation)!.Value;
        double? allowed = calibration.AllowedLoss(invocation);
        LoadedModel loaded = ModelLoader.Load(invocation.Value(model)!, invocation.Value(shape)!);
        SampleSet samples = calibration.Samples(invocation, loaded.Network);
        var session = new QuantiseSession(loaded.Network, options, invocation.Clock) { Precision = precision, AllowedLoss = allowed };
        QuantiseOutcome outcome = session.Run(samples, new QuantizeProgressLine(invocation.Progress), invocation.Cancellation).OrThrow(QuantizeFailures.Of);
        if (outcome.Quantised.Layers == 0)
        {
            throw new CommandFailedException(QuantizeFailures.Nothing(loaded, outcome));
        }

        OnnxWriter.Write(outcome.Quantised.Network, target);
        return Task.FromResult(QuantizeReport.Of(loaded, outcome, Methods[(int)options.Method], samples, target));
    }

    private QuantiserOptions Options(Invocation invocation)
    {
        string name = invocation.Value(method)!;
        double share = invocation.Value(percentile);
        if (Array.IndexOf(Methods, name) is not (>= 0 and var at))
        {
            throw Wrong(
                $"There is no method '{name}'.{(NearMiss.Find(name, Methods) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use --method {string.Join(" or --method ", Methods)}.");
        }

        if (!QuantiserOptions.IsPercentile(share))
        {
            throw Wrong(
                string.Create(CultureInfo.InvariantCulture, $"--percentile {share} is not above 50 and at most 100."), "Write --percentile 99.99.");
        }

        return new QuantiserOptions
        {
            Method = (CalibrationMethod)at,
            Percentile = share,
            Threads = SharedOptions.CheckThreads(invocation.Value(threads)),
            CorrectBias = !invocation.Value(plainBias),
            Equalise = !invocation.Value(plainRanges),
            Excluded = [.. invocation.Value(exclude)!.SelectMany(
                names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };
    }

    private static CommandFailedException Wrong(string message, string next) => new(ExitCode.Usage, ErrorCodes.BadValue, message, next);
}
