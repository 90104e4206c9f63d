using Attune.Kernels;
using static Attune.Graph.Tests.Reading.ContributedModel;

namespace Attune.Graph.Tests.Reading;

/// <summary>RotaryEmbedding and GroupQueryAttention of ONNX Runtime's domain; values by loops over the definitions.</summary>
public sealed class ContributedGroupedTests
{
    private const int Heads = 4;
    private const int KeyHeads = 2;
    private const int Size = 16;
    private const int MaxPositions = 8;
    private static readonly float[] Angles = Values(MaxPositions * Size / 2, 20);
    private static readonly float[] Cosines = [.. Angles.Select(MathF.Cos)];
    private static readonly float[] Sines = [.. Angles.Select(MathF.Sin)];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Positions_are_given_for_each_element_or_for_the_first(bool interleaved, bool first)
    {
        float[] x = Values(2 * 3 * 2 * Size, 1);
        long[] positions = first ? [2] : [0, 5, 1, 3, 2, 7];
        SmallModel model = Tables(New()).Floats("x", [2, 3, 2 * Size], x).Input("p", Tensor.Of(first ? Shape.Of(1) : Shape.Of(2, 3), positions))
            .Op("RotaryEmbedding", "x p cos sin", "y", ("interleaved", interleaved ? 1L : 0L)).Output("y");

        SmallModel.Near(model.Run()[0], Turned(x, 2, i => (int)(first ? 2 + (i % 3) : positions[i]), interleaved));
    }

    [Theory]
    [InlineData(false, -1)]
    [InlineData(true, -1)]
    [InlineData(false, 2)]
    public void A_first_call_sees_no_earlier_keys(bool packed, int window)
    {
        (float[] q, float[] k, float[] v) = Operands(batch: 2, length: 4);
        SmallModel model = New().Whole("n", [2], 3, 3).Constant("t", Tensor.Of(Shape.Of(1), new[] { 4 }));
        (string, object)[] attributes = Attributes(("local_window_size", (long)window), ("scale", 0.2f));
        if (packed)
        {
            float[] all = [.. Enumerable.Range(0, 8).SelectMany(i =>
                q[(i * 64)..((i + 1) * 64)].Concat(k[(i * 32)..((i + 1) * 32)]).Concat(v[(i * 32)..((i + 1) * 32)]))];
            model.Floats("q", [2, 4, 128], all).Op("GroupQueryAttention", "q     n t", "y nk nv", attributes);
        }
        else
        {
            Given(model, q, k, v, 2, 4).Op("GroupQueryAttention", "q k v   n t", "y nk nv", attributes);
        }

        Tensor[] results = model.Output("y", "nk", "nv").Run();

        (float[] keys, float[] values) = (ByHead(k, 2, KeyHeads, Size), ByHead(v, 2, KeyHeads, Size));
        SmallModel.Near(results[0], Attend(q, keys, values, (2, Heads, KeyHeads, Size, Size), (_, _, s, t) => Seen(s, t, window), 0.2f));
        SmallModel.Near(results[1], keys);
        SmallModel.Near(results[2], values);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(6, 1)]
    [InlineData(6, 2)]
    public void Later_calls_put_keys_behind_the_earlier_ones_and_turn_them(int room, int length)
    {
        // Three positions of earlier calls.
        int all = 3 + length;
        (float[] q, float[] k, float[] v) = Operands(1, length);
        float[] past = Values(KeyHeads * room * Size, 8);
        float[] pastValues = Values(KeyHeads * room * Size, 9);
        SmallModel model = Given(Tables(New()), q, k, v, 1, length).Whole("n", [1], all - 1).Constant("t", Tensor.Of(Shape.Scalar, new[] { all }))
            .Floats("pk", [1, KeyHeads, room, Size], past).Floats("pv", [1, KeyHeads, room, Size], pastValues)
            .Op("GroupQueryAttention", "q k v pk pv n t cos sin", "y nk nv", Attributes(("do_rotary", 1L), ("softcap", 0.5f))).Output("y", "nk", "nv");
        float[] keys = Together(past, ByHead(Turned(k, KeyHeads, static i => 3 + i, false), 1, KeyHeads, Size), 3, all, 0, room);
        float[] values = Together(pastValues, ByHead(v, 1, KeyHeads, Size), 3, all, 0, room);

        Tensor[] results = model.Run();

        // The cap makes scores of their tangent: those of the loops are put in the place of the sum of score and bias.
        SmallModel.Near(results[0], Capped(Turned(q, Heads, static i => 3 + i, false), keys, values, length));
        int kept = Math.Max(room, all);
        SmallModel.Near(results[1], Together(past, ByHead(Turned(k, KeyHeads, static i => 3 + i, false), 1, KeyHeads, Size), 3, all, kept - all, room));
        SmallModel.Near(results[2], Together(pastValues, ByHead(v, 1, KeyHeads, Size), 3, all, kept - all, room));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Each_of_a_batch_has_its_own_number_of_earlier_keys(int window)
    {
        int[] earlier = [3, 1];
        (float[] q, float[] k, float[] v) = Operands(2, 1);
        (float[] past, float[] pastValues) = (Values(2 * KeyHeads * 3 * Size, 8), Values(2 * KeyHeads * 3 * Size, 9));
        SmallModel model = Given(Tables(New()), q, k, v, 2, 1).Whole("n", [2], 3, 1).Constant("t", Tensor.Of(Shape.Of(1), new[] { 4 }))
            .Floats("pk", [2, KeyHeads, 3, Size], past).Floats("pv", [2, KeyHeads, 3, Size], pastValues)
            .Op("GroupQueryAttention", "q k v pk pv n t cos sin", "y nk nv", Attributes(("do_rotary", 1L), ("local_window_size", (long)window)))
            .Output("y", "nk", "nv");
        float[] turned = Turned(k, KeyHeads, i => earlier[i], false);
        float[] Ragged(float[] kept, float[] added) =>
            [.. earlier.SelectMany((count, b) => Together(kept[(b * 96)..], added[(b * 32)..], count, count + 1, 3 - count, 3))];
        (float[] keys, float[] values) = (Ragged(past, turned), Ragged(pastValues, v));

        Tensor[] results = model.Run();

        float[] queries = Turned(q, Heads, i => earlier[i], false);
        SmallModel.Near(results[0], Attend(queries, keys, values, (2, Heads, KeyHeads, Size, Size), (b, _, _, t) => Seen(earlier[b], t, window)));
        SmallModel.Near(results[1], keys);
        SmallModel.Near(results[2], values);
    }

    private static double Seen(int query, int key, int window) => key <= query && (window < 0 || key > query - window) ? 0 : double.NegativeInfinity;

    private static (string, object)[] Attributes(params (string, object)[] others) => [("num_heads", (long)Heads), ("kv_num_heads", (long)KeyHeads), .. others];

    private static SmallModel Tables(SmallModel model) =>
        model.Weights("cos", [MaxPositions, Size / 2], Cosines).Weights("sin", [MaxPositions, Size / 2], Sines);

    private static (float[] Q, float[] K, float[] V) Operands(int batch, int length) =>
        (Values(batch * length * Heads * Size, 4), Values(batch * length * KeyHeads * Size, 5), Values(batch * length * KeyHeads * Size, 6));

    private static SmallModel Given(SmallModel model, float[] q, float[] k, float[] v, int batch, int length) => model
        .Floats("q", [batch, length, Heads * Size], q).Floats("k", [batch, length, KeyHeads * Size], k).Floats("v", [batch, length, KeyHeads * Size], v);

    // Pairs of elements are turned by the angle of their position; a position is asked for by its index in (batch, length).
    private static float[] Turned(float[] x, int heads, Func<int, int> position, bool interleaved)
    {
        float[] result = new float[x.Length];
        for (int i = 0; i < x.Length / 2; i++)
        {
            (int row, int pair) = (i / (Size / 2), i % (Size / 2));
            int a = (row * Size) + (interleaved ? 2 * pair : pair);
            int b = interleaved ? a + 1 : a + (Size / 2);
            int angle = (position(row / heads) * Size / 2) + pair;
            result[a] = (x[a] * Cosines[angle]) - (x[b] * Sines[angle]);
            result[b] = (x[a] * Sines[angle]) + (x[b] * Cosines[angle]);
        }

        return result;
    }

    // By head of keys: what was kept, what is new, zeros.
    private static float[] Together(float[] past, float[] added, int earlier, int all, int free, int room) =>
        [.. Enumerable.Range(0, KeyHeads).SelectMany(h => past[(h * room * Size)..(((h * room) + earlier) * Size)]
            .Concat(added[(h * (all - earlier) * Size)..((h + 1) * (all - earlier) * Size)]).Concat(new float[free * Size]))];

    private static float[] Capped(float[] q, float[] keys, float[] values, int length) => Attend(
        q, keys, values, (1, Heads, KeyHeads, Size, Size), (_, h, s, t) =>
        {
            int query = ((s * Heads) + h) * Size;
            int key = ((h / (Heads / KeyHeads) * (3 + length)) + t) * Size;
            double score = Enumerable.Range(0, Size).Sum(d => (double)q[query + d] * keys[key + d]) / Math.Sqrt(Size);
            return t <= s + 3 ? (0.5 * Math.Tanh(score / 0.5)) - score : double.NegativeInfinity;
        });
}
