using System.CommandLine;
using System.Globalization;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Kernels;
using Attune.Numerics.Words;

namespace Attune.Cli.Quantise;

/// <summary>Options that say how a network is quantised, for all commands that do.</summary>
/// <param name="seed">Seed of random samples.</param>
/// <param name="isDefault">True where a network is quantised without being asked, so that <c>--precision</c> has a default.</param>
internal sealed class CalibrationArguments(Option<int> seed, bool isDefault)
{
    private const string RandomPrefix = "random:";
    private static readonly string[] Precisions = ["i8", "mixed"];
    private readonly Option<string?> precision = new("--precision")
    {
        Description = "i8: bytes wherever a layer can be on them, or as many as --accuracy-budget allows; mixed: for each layer floats or bytes, whichever "
            + "makes the model fastest within the budget, by measured times and errors."
            + (isDefault
                ? " Default: i8."
                : " mixed also offers brain floats (bf16) to each layer where the processor multiplies them (attune quantize, which writes models for others, "
                    + "does not). Quantises the model before it is tuned."),
        HelpName = "NAME",
    };
    private readonly Option<string?> calibration = new("--calibration")
    {
        Description = "Typical inputs: a folder of arrays (.npy, .pb) of one or more samples each, or of folders with one sample each; "
            + $"{RandomPrefix}N takes N samples of random numbers.",
        HelpName = "DIR",
    };
    private readonly Option<string?> labels = new("--labels")
    {
        Description = "Right answer of each sample, an array of whole numbers in the order of the samples: accuracies of both networks are shown.",
        HelpName = "FILE",
    };
    private readonly Option<string?> budget = new("--accuracy-budget")
    {
        Description = "What may be lost on the samples held out, for example 1%: right answers with --labels, else answers that agree. The layers that cost "
            + "most stay in floats until it is kept. With --precision mixed 1% unless another is given.",
        HelpName = "SHARE",
    };

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> Options => [precision, calibration, labels, budget];

    /// <summary>What is asked for; null where nothing is.</summary>
    /// <param name="invocation">The command's arguments.</param>
    public QuantisePrecision? Precision(Invocation invocation)
    {
        string? name = invocation.Value(precision);
        (string Name, string? Value)[] others =
            [("--calibration", invocation.Value(calibration)), ("--labels", invocation.Value(labels)), ("--accuracy-budget", invocation.Value(budget))];
        if (name is null)
        {
            return isDefault ? QuantisePrecision.Int8
                : others.FirstOrDefault(option => option.Value is not null) is { Name: { } alone }
                ? throw Wrong($"{alone} says how the model is quantised, and nothing asks for that.", $"Add --precision mixed, or leave {alone} out.")
                : null;
        }

        return Array.IndexOf(Precisions, name) is >= 0 and var at ? (QuantisePrecision)at : throw Wrong(
            $"There is no precision '{name}'.{(NearMiss.Find(name, Precisions) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
            $"Use --precision {string.Join(" or --precision ", Precisions)}.");
    }

    /// <summary>The loss that is allowed, a share; null where nothing is said.</summary>
    /// <param name="invocation">The command's arguments.</param>
    public double? AllowedLoss(Invocation invocation) =>
        invocation.Value(budget) is not { } text ? null
        : text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)
            && percent is >= 0 and < 100
        ? percent / 100
        : throw Wrong($"'{text}' is no percentage from 0% to below 100%.", "Write --accuracy-budget 1%.");

    /// <summary>The samples and labels.</summary>
    /// <param name="invocation">The command's arguments.</param>
    /// <param name="network">The network they are inputs of.</param>
    public SampleSet Samples(Invocation invocation, Network network)
    {
        string? given = invocation.Value(labels);
        string source = invocation.Value(calibration) ?? throw Missing();
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

    /// <summary>Refuses a command without samples before anything is loaded.</summary>
    /// <param name="invocation">The command's arguments.</param>
    public void RequireSamples(Invocation invocation)
    {
        if (invocation.Value(calibration) is null)
        {
            throw Missing();
        }
    }

    private static CommandFailedException Missing() => Wrong(
        "Ranges of activations come from typical inputs, and none are given.",
        $"Add --calibration DIR with some hundred inputs of the application; to try it without, --calibration {RandomPrefix}16.");

    private static CommandFailedException Wrong(string message, string next) => new(ExitCode.Usage, ErrorCodes.BadValue, message, next);
}
