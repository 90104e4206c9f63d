namespace Attune.Graph;

/// <summary>Proposes extents for inputs whose shapes a model leaves open, as options that can be copied to the command line.</summary>
internal static class ShapeAdvice
{
    private const int Batch = 1;
    private const int ImageSide = 224;
    private const int Length = 16;
    private const int Colours = 3;

    /// <summary>Options for the extents that are open: by symbol where all have one, so that other inputs with the same symbols are fixed too.</summary>
    public static string For(Declaration input)
    {
        DeclaredExtent[] open = [.. input.Extents?.Where(static extent => extent.Value < 0) ?? []];
        if (input.Extents is not { } extents || open.Length == 0 || Array.Exists(open, static extent => extent.Symbol.Length == 0))
        {
            return Whole(input);
        }

        IEnumerable<string> symbols = extents
            .Select((extent, axis) => (extent.Symbol, extent.Value, Proposed: Propose(extents, axis)))
            .Where(static extent => extent.Value < 0)
            .DistinctBy(static extent => extent.Symbol)
            .Select(static extent => $"--shape {Quoted(extent.Symbol)}={extent.Proposed}");
        return $"{string.Join(' ', symbols)}, or all at once with {Whole(input)}";
    }

    /// <summary>An option for the whole shape.</summary>
    public static string Whole(Declaration input)
    {
        IEnumerable<long> proposed = input.Extents is { Count: > 0 } extents ? extents.Select((_, axis) => Propose(extents, axis)) : [Batch, Colours, ImageSide, ImageSide];
        return $"--shape {Quoted(input.Name)}={string.Join('x', proposed)}";
    }

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

    private static string Quoted(string name) =>
        name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/' or ':') ? name : $"'{name.Replace("'", "'\\''")}'";
}
