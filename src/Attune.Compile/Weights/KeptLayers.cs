namespace Attune.Compile.Weights;

/// <summary>Says which layers stayed as they were: those of one reason together, the first of them by name.</summary>
public static class KeptLayers
{
    private const int MaxNamed = 3;

    /// <summary>The layers of each reason, for example "conv1, conv2: it multiplies bytes".</summary>
    /// <param name="layers">Layers that stayed as they were.</param>
    public static IEnumerable<string> ByReason(IEnumerable<KeptLayer> layers) =>
        from layer in layers
        group layer.Node by layer.Reason into alike
        let more = alike.Count() - MaxNamed
        select $"{string.Join(", ", alike.Take(MaxNamed))}{(more > 0 ? $" and {more} more" : string.Empty)}: {alike.Key}";
}
