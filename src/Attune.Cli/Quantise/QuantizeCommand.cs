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
using Attune.Kernels;
using Attune.Numerics.Words;

namespace Attune.Cli.Quantise;

/// <summary><c>attune quantize</c>: a network of floats as one on bytes, with what that costs.</summary>
internal sealed class QuantizeCommand : CliCommand
{
    private const string RandomPrefix = "random:";
    private static readonly string[] Methods = ["min-max", "percentile", "mse"];
    private readonly Argument<string> model = ModelLoader.Argument();
    private readonly Option<string> output = SharedOptions.Output("The ONNX file to write.");
    private readonly Option<string?> calibration = new("--calibration")
    {
        Description = "Typical inputs: a folder of arrays (.npy, .pb) of one or more samples each, or of folders with one sample each; "
            + $"{RandomPrefix}N takes N samples of random numbers.",
        HelpName = "DIR",
    };
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
    private readonly Option<string?> labels = new("--labels")
    {
        Description = "Right answer of each sample, an array of whole numbers in the order of the samples: accuracies of both networks are shown.",
        HelpName = "FILE",
    };
    private readonly Option<string[]> exclude = new("--exclude")
    {
        Description = "Nodes that stay in floats, with commas between. May be repeated.",
        HelpName = "NAMES",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<string?> budget = new("--accuracy-budget")
    {
        Description = "What may be lost on the samples held out, for example 1%: right answers with --labels, else answers that agree. The layers that cost "
            + "most stay in floats until it is kept.",
        HelpName = "SHARE",
    };
    private readonly Option<bool> plainBias = new("--no-bias-correction")
    {
        Description = "Leave biases as they are; else what rounding makes of each channel's average goes into them.",
    };
    private readonly Option<int> seed = new("--seed") { Description = "Seed of random samples.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> threads = SharedOptions.Threads();
    private readonly Option<string[]> shape = SharedOptions.Shape();

    public QuantizeCommand()
        : base(
            "quantize",
            "Turn a model of floats into one on bytes (plain ONNX with QuantizeLinear and DequantizeLinear), and measure what that costs.",
            "attune quantize model.onnx --calibration samples -o model-int8.onnx",
            "attune quantize model.onnx --calibration samples --labels classes.npy --method mse -o model-int8.onnx",
            "attune quantize model.onnx --calibration samples --accuracy-budget 1% -o model-int8.onnx",
            "attune quantize zoo:resnet18 --calibration random:16 --exclude conv1,fc -o resnet18-int8.onnx")
    {
        output.Required = true;
        Command.Arguments.Add(model);
        foreach (Option option in new Option[]
        {
            calibration, output, method, percentile, labels, budget, exclude, plainBias, seed, threads, shape,
        })
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
        double? allowed = invocation.Value(budget) is { } text ? Share(text) : null;
        LoadedModel loaded = ModelLoader.Load(invocation.Value(model)!, invocation.Value(shape)!);
        SampleSet samples = Samples(invocation, loaded.Network);
        var session = new QuantiseSession(loaded.Network, options, invocation.Clock) { AllowedLoss = allowed };
        QuantiseOutcome outcome = session.Run(samples, new QuantizeProgressLine(invocation.Progress), invocation.Cancellation).OrThrow(QuantizeFailures.Of);
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
            Excluded = [.. invocation.Value(exclude)!.SelectMany(
                names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };
    }

    private static double Share(string text) =>
        text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)
            && percent is >= 0 and < 100
            ? percent / 100
            : throw Wrong($"'{text}' is no percentage from 0% to below 100%.", "Write --accuracy-budget 1%.");

    private SampleSet Samples(Invocation invocation, Network network)
    {
        string? given = invocation.Value(labels);
        if (invocation.Value(calibration) is not { } source)
        {
            throw Wrong(
                "Ranges of activations come from typical inputs, and none are given.",
                $"Add --calibration DIR with some hundred inputs of the application; to try it without, --calibration {RandomPrefix}16.");
        }

        if (!source.StartsWith(RandomPrefix, StringComparison.Ordinal))
        {
            return new SampleReader(network).Read(source, given).OrThrow(QuantizeFailures.Of);
        }

        if (!int.TryParse(source.AsSpan(RandomPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count is < 1 or > SampleSet.MaxSamples)
        {
            throw Wrong($"'{source}' is no number of random samples from 1 to {SampleSet.MaxSamples}.", $"Write --calibration {RandomPrefix}16.");
        }

        return given is null
            ? SampleSet.Random(network, count, invocation.Value(seed))
            : throw Wrong("Labels belong to real inputs; random numbers have no right answers.", "Leave --labels out, or give --calibration DIR.");
    }

    private static CommandFailedException Wrong(string message, string next) => new(ExitCode.Usage, ErrorCodes.BadValue, message, next);
}
