using Attune.Kernels.Templates;
using Attune.Reference;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Attentions of two sequences, and what their definition says of them.</summary>
internal static class AttentionSample
{
    /// <summary>Shapes and masks: whole and partial tiles, one key, one query, masks along every axis, and one that forbids the first keys.</summary>
    public static (int Heads, int Queries, int Keys, int Size, int Mask)[] Shapes { get; } =
    [
        (1, 1, 1, 64, 0), (2, 7, 7, 16, 1), (3, 5, 33, 20, 3), (2, 40, 9, 24, 4), (1, 16, 2, 17, 0), (1, 9, 70, 8, 5),
    ];

    /// <summary>An attention, its queries, keys, values and mask, and its result.</summary>
    /// <param name="lanes">Numbers of a vector.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="queries">Queries of a sequence.</param>
    /// <param name="keys">Keys of a sequence.</param>
    /// <param name="size">Elements of a query, key or value of a head.</param>
    /// <param name="mask">0 for none; 1 to 4 along some axes; 5 forbids most of the keys, the first ones among them.</param>
    public static (AttentionWorkload Workload, float[][] Inputs, float[] Expected) Of(int lanes, int heads, int queries, int keys, int size, int mask)
    {
        const int Batch = 2;
        var random = new Random(queries + mask);
        int width = heads * size;

        // Queries, keys and values lie at different columns of wider rows.
        Tensor q = Random(random, Batch, queries, width + 3);
        Tensor k = Random(random, Batch, keys, (2 * width) + 1);
        Tensor v = Random(random, Batch, keys, width);
        (Tensor? values, AttentionMask? steps) = mask switch
        {
            1 => (Random(random, keys), new AttentionMask(0, 0, 0)),
            2 => (Random(random, Batch, 1, 1, keys), new AttentionMask(keys, 0, 0)),
            3 => (Random(random, Batch, heads, queries, keys), new AttentionMask(heads * queries * keys, queries * keys, keys)),
            4 => (Random(random, 1, 1, queries, keys), new AttentionMask(0, 0, keys)),
            5 => (Tensor.Vector([.. Enumerable.Range(0, keys).Select(key => key < keys - 3 ? float.NegativeInfinity : 0)]), new AttentionMask(0, 0, 0)),
            _ => ((Tensor?)null, (AttentionMask?)null),
        };
        var workload = new AttentionWorkload
        {
            Batch = Batch,
            Heads = heads,
            Queries = queries,
            Keys = keys,
            Size = size,
            ValueSize = size,
            Scale = 0.37f,
            Query = new AttentionColumns(width + 3, 2),
            Key = new AttentionColumns((2 * width) + 1, width),
            Value = new AttentionColumns(width, 0),
            Mask = steps,
            Lanes = lanes,
        };
        Attributes attributes = Attributes.None.With("heads", heads)
            .With("size", size)
            .With("value_size", size)
            .With("scale", 0.37f)
            .With("offsets", new long[] { 2, width, 0 });
        var node = new Node("a", FusedOperators.Attention, 1, ["q", "k", "v", values is null ? string.Empty : "m"], ["y"], attributes);
        float[] expected = ReferenceKernels.Default.Run(node, [q, k, v, values])[0].Elements<float>();
        return (workload, [q.Elements<float>(), k.Elements<float>(), v.Elements<float>(), values?.Elements<float>() ?? []], expected);
    }

    private static Tensor Random(Random random, params long[] extents) => Tensor.Of(Shape.Of(extents), TemplateRun.Random(random, Shape.Of(extents).Count));
}
