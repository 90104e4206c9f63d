using Attune.Devices;

namespace Attune.Graph.Reading;

/// <summary>Proposes extents for inputs whose shapes a model leaves open, as options that can be copied to the command line.</summary>
internal static class ShapeAdvice
{
    private const int Batch = 1;
    private const int ImageSide = 224;
    private const int Length = 128;
    private const int Colours = 3;

    /// <summary>
    /// Options that fix all inputs at once: by symbol where the open extents of an input have one, so that inputs which share symbols are fixed together.
    /// </summary>
    public static string For(IEnumerable<Declaration> inputs) => string.Join(' ', inputs.SelectMany(Options).Distinct(StringComparer.Ordinal));

    /// <summary>An option for the whole shape.</summary>
    public static string Whole(Declaration input) => Option(
        input.Name,
        input.Extents is { Count: > 0 } extents
            ? string.Join('x', extents.Select((_, axis) => Propose(extents, axis)))
            : $"{Batch}x{Colours}x{ImageSide}x{ImageSide}");

    private static IEnumerable<string> Options(Declaration input)
    {
        (string Symbol, long Proposed)[] open =
        [
            .. (input.Extents ?? [])
                .Select((extent, axis) => (extent.Value, extent.Symbol, Proposed: Propose(input.Extents!, axis)))
                .Where(static extent => extent.Value < 0)
                .Select(static extent => (extent.Symbol, extent.Proposed))
                .Distinct(),
        ];

        // A symbol that stands for a batch here and for a width there cannot be fixed once for both.
        bool named = open.Length > 0 && Array.TrueForAll(open, static extent => extent.Symbol.Length > 0)
            && open.DistinctBy(static extent => extent.Symbol).Count() == open.Length;
        return named ? open.Select(static extent => Option(extent.Symbol, $"{extent.Proposed}")) : [Whole(input)];
    }

    private static string Option(string name, string extents) => $"--shape {ShellWord.Of($"{name}={extents}")}";

    private static long Propose(IReadOnlyList<DeclaredExtent> extents, int axis)
    {
        if (extents[axis].Value > 0)
        {
            return extents[axis].Value;
        }

        string symbol = extents[axis].Symbol;
        if (axis == 0 || symbol.Contains("batch", StringComparison.OrdinalIgnoreCase))
        {
            return Batch;
        }

        // Images have four axes, channels second or last.
        bool channelsLast = extents.Count == 4 && extents[3].Value is 1 or Colours or 4 && extents[1].Value is not (1 or Colours or 4);
        return extents.Count != 4 ? Length : axis == (channelsLast ? 3 : 1) ? Colours : ImageSide;
    }
}
