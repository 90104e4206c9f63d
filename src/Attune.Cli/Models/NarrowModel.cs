using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Compile.Weights;
using Attune.Graph.Passes;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Cli.Models;

/// <summary>Fuses a model and stores its weights in the format asked for; never falls back silently.</summary>
internal static class NarrowModel
{
    private const int MaxNamed = 3;

    /// <summary>The fused network.</summary>
    /// <param name="model">The model as read.</param>
    /// <param name="format">Format of the weights.</param>
    /// <exception cref="CommandFailedException">No layer can use the format (AT1005).</exception>
    public static NarrowedNetwork Of(LoadedModel model, WeightFormat format)
    {
        NarrowedNetwork narrowed = WeightNarrowing.Apply(PassPipeline.Default.Run(model.Network), format);
        if (format == WeightFormat.F32 || !narrowed.Layers.IsEmpty)
        {
            return narrowed;
        }

        throw new CommandFailedException(Nothing(model.BaseName, narrowed));
    }

    /// <summary>The network of a tuned model in the format asked for; null leaves it as the file has it.</summary>
    /// <exception cref="CommandFailedException">
    /// The file's weights are narrow already and another format is wanted, or no layer can use it (AT1005).
    /// </exception>
    public static NarrowedNetwork Of(TunedModel tuned, string path, WeightFormat? wanted)
    {
        WeightFormat present = WeightNarrowing.FormatOf(tuned.Network);
        if (wanted is not { } format || format == present)
        {
            return WeightNarrowing.Apply(tuned.Network, WeightFormat.F32) with { Format = present };
        }

        if (present != WeightFormat.F32)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"{path} holds weights as {WeightFormats.NameOf(present)}; what rounding took away is not in the file, so they cannot become "
                + $"{WeightFormats.NameOf(format)}.",
                $"Tune the original again: attune tune MODEL --weights {WeightFormats.NameOf(format)}");
        }

        NarrowedNetwork narrowed = WeightNarrowing.Apply(tuned.Network, format);
        return narrowed.Layers.IsEmpty ? throw new CommandFailedException(Nothing(Path.GetFileName(path), narrowed)) : narrowed;
    }

    /// <summary>One line about what was stored how.</summary>
    public static string Describe(NarrowedNetwork narrowed) =>
        $"weights of {narrowed.Layers.Length} layer{(narrowed.Layers.Length == 1 ? string.Empty : "s")} as {WeightFormats.NameOf(narrowed.Format)}, "
        + $"{Units.Bytes(narrowed.BytesBefore)} -> {Units.Bytes(narrowed.BytesAfter)}";

    /// <summary>What the user should know about layers that kept 32-bit floats although a narrow format was asked for.</summary>
    public static ImmutableArray<string> Warnings(NarrowedNetwork narrowed) =>
        narrowed.Kept.IsEmpty
            ? []
            : [$"{narrowed.Kept.Length} layer{(narrowed.Kept.Length == 1 ? " keeps" : "s keep")} 32-bit weights: {string.Join("; ", Reasons(narrowed))}."];

    /// <summary>The same for a tuned model, whose configurations were found with the weights of its file.</summary>
    public static ImmutableArray<string> Warnings(NarrowedNetwork narrowed, TunedModel tuned) =>
        narrowed.Layers.IsEmpty
            ? []
            : [.. Warnings(narrowed), $"It was tuned with {WeightFormats.NameOf(WeightNarrowing.FormatOf(tuned.Network))} weights and runs with the nearest "
                + $"configurations; tune with --weights {WeightFormats.NameOf(narrowed.Format)}."];

    /// <summary>The failure when no layer can use the format asked for (AT1005).</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="narrowed">Its network.</param>
    public static Failure Nothing(string model, NarrowedNetwork narrowed)
    {
        string why = narrowed.Kept.IsEmpty ? "it has neither dense layers nor 1x1 convolutions with constant weights" : string.Join("; ", Reasons(narrowed));
        return new Failure(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"No weights of {model} can be stored as {WeightFormats.NameOf(narrowed.Format)}: {why}.",
            "Leave --weights out.");
    }

    private static IEnumerable<string> Reasons(NarrowedNetwork narrowed) =>
        narrowed.Kept.GroupBy(kept => kept.Reason)
            .Select(group => $"{string.Join(", ", group.Take(MaxNamed).Select(kept => kept.Node))}"
                + $"{(group.Count() > MaxNamed ? ", ..." : string.Empty)}: {group.Key}");
}
