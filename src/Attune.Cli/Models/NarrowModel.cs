using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.Cli.Models;

/// <summary>What is said about weights that are stored in a narrow format.</summary>
internal static class NarrowModel
{
    /// <summary>One line about what was stored how.</summary>
    public static string Describe(NarrowedNetwork narrowed) =>
        $"weights of {narrowed.Layers.Length} layer{(narrowed.Layers.Length == 1 ? string.Empty : "s")} as {WeightFormats.NameOf(narrowed.Format)}, "
        + $"{Units.Bytes(narrowed.BytesBefore)} -> {Units.Bytes(narrowed.BytesAfter)}";

    /// <summary>What the user should know about layers that kept 32-bit floats although a narrow format was asked for.</summary>
    public static ImmutableArray<string> Warnings(NarrowedNetwork narrowed) =>
        narrowed.Kept.IsEmpty
            ? []
            : [$"{narrowed.Kept.Length} layer{(narrowed.Kept.Length == 1 ? " keeps" : "s keep")} 32-bit weights: {Reasons(narrowed)}."];

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
        string why = narrowed.Kept.IsEmpty ? "it has neither dense layers nor 1x1 convolutions with constant weights" : Reasons(narrowed);
        return new Failure(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"No weights of {model} can be stored as {WeightFormats.NameOf(narrowed.Format)}: {why}.",
            "Leave --weights out.");
    }

    private static string Reasons(NarrowedNetwork narrowed) => string.Join("; ", KeptLayers.ByReason(narrowed.Kept));
}
