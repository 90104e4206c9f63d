using Attune.Kernels;
using static Attune.Graph.Tests.Reading.ContributedModel;

namespace Attune.Graph.Tests.Reading;

/// <summary>Attention of ONNX Runtime's domain whose heads have keys of their own; values by loops over the definitions.</summary>
public sealed class ContributedAttentionTests
{
    private const int Batch = 2;
    private const int Heads = 2;
    private const int Length = 3;
    private const int Size = 4;
    private const int Width = Heads * Size;
    private static readonly float[] X = Values(Batch * Length * 5, 1);
    private static readonly float[] Weights = Values(5 * 3 * Width, 2);
    private static readonly float[] Biases = Values(3 * Width, 3);
    private static readonly float[] Query = Values(Batch * Length * Width, 4);
    private static readonly float[] Key = Values(Batch * Length * Width, 5);
    private static readonly float[] Value = Values(Batch * Length * Width, 6);

    [Theory]
    [InlineData("none")]
    [InlineData("lengths")]
    [InlineData("ends and starts")]
    [InlineData("keys")]
    [InlineData("pairs")]
    [InlineData("added")]
    public void One_input_is_projected_and_attends_where_the_mask_allows(string form)
    {
        int[] keys = [1, 1, 0, 0, 1, 1];
        int[] pairs = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1];
        float[] added = Values(Heads * Length * Length, 7);
        SmallModel model = Projecting();
        string mask = form is "none" or "added" ? string.Empty : "m";
        _ = form switch
        {
            "lengths" => model.Whole("m", [Batch], 2, 3),
            "ends and starts" => model.Whole("m", [2 * Batch], 2, 3, 0, 1),
            "keys" => model.Whole("m", [Batch, Length], keys),
            "pairs" => model.Whole("m", [Batch, Length, Length], pairs),
            "added" => model.Floats("r", [1, Heads, Length, Length], added),
            _ => model,
        };
        model.Op("Attention", form == "added" ? "x w b   r" : $"x w b {mask}", "y", ("num_heads", (long)Heads), ("mask_filter_value", -1000f)).Output("y");
        double Bias(int b, int h, int s, int t) => form switch
        {
            "lengths" => t < 2 + b ? 0 : -1000,
            "ends and starts" => t >= b && t < 2 + b ? 0 : -1000,
            "keys" => keys[(b * Length) + t] == 1 ? 0 : -1000,
            "pairs" => pairs[(((b * Length) + s) * Length) + t] == 1 ? 0 : -1000,
            "added" => added[(((h * Length) + s) * Length) + t],
            _ => 0,
        };

        SmallModel.Near(model.Run()[0], Attended(Bias));
    }

    [Fact]
    public void Keys_behind_their_query_count_for_nothing_and_those_of_earlier_calls_are_joined()
    {
        float[] past = Values(2 * Batch * Heads * 2 * Size, 8);
        SmallModel model = Projecting().Floats("p", [2, Batch, Heads, 2, Size], past)
            .Op("Attention", "x w b  p", "y n", ("num_heads", (long)Heads), ("unidirectional", 1L), ("scale", 0.3f)).Output("y", "n");
        float[] keys = Joined(past[..(past.Length / 2)], Projected(1));
        float[] values = Joined(past[(past.Length / 2)..], Projected(2));

        Tensor[] results = model.Run();

        SmallModel.Near(
            results[0],
            Attend(
                Projected(0), keys, values, (Batch, Heads, Heads, Size, Size), static (_, _, s, t) => t <= s + 2 ? 0 : double.NegativeInfinity, 0.3f));
        SmallModel.Near(results[1], [.. keys, .. values]);
    }

    [Fact]
    public void Values_may_be_narrower()
    {
        float[] weights = Values(5 * 20, 9);
        float[] bias = Values(20, 10);
        SmallModel model = New().Floats("x", [Batch, Length, 5], X).Weights("w", [5, 20], weights).Weights("b", [20], bias)
            .Op("Attention", "x w b", "y", ("num_heads", (long)Heads), ("qkv_hidden_sizes", new[] { 8L, 8, 4 })).Output("y");
        float[] Part(int start, int count) => Product(X, Columns(weights, 20, start, count), bias[start..(start + count)], 5);

        SmallModel.Near(
            model.Run()[0],
            Attend(
                Part(0, 8), ByHead(Part(8, 8), Batch, Heads, Size), ByHead(Part(16, 4), Batch, Heads, 2), (Batch, Heads, Heads, Size, 2),
                static (_, _, _, _) => 0));
    }

    [Fact]
    public void Operands_come_apart_with_one_bias_for_all()
    {
        float[] added = Values(Length * Length, 7);
        SmallModel model = Apart().Weights("b", [3 * Width], Biases).Whole("m", [Batch, Length], 1, 1, 0, 0, 1, 1).Floats("r", [1, 1, Length, Length], added)
            .Op("MultiHeadAttention", "q k v b m r", "y", ("num_heads", (long)Heads)).Output("y");
        double Bias(int b, int h, int s, int t) => added[(s * Length) + t] + ((b, t) is (0, 2) or (1, 0) ? -10000 : 0);

        SmallModel.Near(
            model.Run()[0],
            Attend(Shifted(Query, 0), Split(Shifted(Key, 1)), Split(Shifted(Value, 2)), (Batch, Heads, Heads, Size, Size), Bias));
    }

    [Fact]
    public void Operands_may_be_packed_by_head()
    {
        float[] all = Packed(Query, Key, Value);
        float[] two = Packed(Key, Value);
        SmallModel packed = New().Floats("q", [Batch, Length, Heads, 3, Size], all).Op("MultiHeadAttention", "q", "y", ("num_heads", (long)Heads)).Output("y");
        SmallModel half = New().Floats("q", [Batch, Length, Width], Query).Floats("k", [Batch, Length, Heads, 2, Size], two)
            .Op("MultiHeadAttention", "q k", "y", ("num_heads", (long)Heads)).Output("y");
        float[] expected = Attend(Query, Split(Key), Split(Value), (Batch, Heads, Heads, Size, Size), static (_, _, _, _) => 0);

        SmallModel.Near(packed.Run()[0], expected);
        SmallModel.Near(half.Run()[0], expected);
    }

    [Fact]
    public void Keys_of_earlier_calls_come_first_and_are_results()
    {
        float[] keys = Values(Batch * Heads * 2 * Size, 8);
        float[] values = Values(Batch * Heads * 2 * Size, 9);
        SmallModel model = Apart().Floats("pk", [Batch, Heads, 2, Size], keys).Floats("pv", [Batch, Heads, 2, Size], values)
            .Op("MultiHeadAttention", "q k v    pk pv", "y nk nv", ("num_heads", (long)Heads), ("unidirectional", 1L)).Output("y", "nk", "nv");
        (float[] allKeys, float[] allValues) = (Joined(keys, Key), Joined(values, Value));

        Tensor[] results = model.Run();

        SmallModel.Near(
            results[0],
            Attend(Query, allKeys, allValues, (Batch, Heads, Heads, Size, Size), static (_, _, s, t) => t <= s + 2 ? 0 : double.NegativeInfinity));
        SmallModel.Near(results[1], allKeys);
        SmallModel.Near(results[2], allValues);
    }

    [Fact]
    public void Keys_and_values_of_an_encoder_are_by_head_already()
    {
        float[] keys = Values(Batch * Heads * 5 * Size, 8);
        float[] values = Values(Batch * Heads * 5 * Size, 9);
        SmallModel model = New().Floats("q", [Batch, Length, Width], Query).Floats("k", [Batch, Heads, 5, Size], keys)
            .Floats("v", [Batch, Heads, 5, Size], values)
            .Op("MultiHeadAttention", "q k v", "y", ("num_heads", (long)Heads)).Output("y");

        SmallModel.Near(model.Run()[0], Attend(Query, keys, values, (Batch, Heads, Heads, Size, Size), static (_, _, _, _) => 0));
    }

    [Fact]
    public void Masks_of_another_form_are_refused_by_name()
    {
        UnreadableModel fault = Projecting().Whole("m", [Batch, 1, 4, 4], new int[32])
            .Op("Attention", "x w b m", "y", ("num_heads", (long)Heads)).Output("y").Read().Error!;

        fault.ToString().ShouldContain("com.microsoft.Attention");
    }

    private static SmallModel Projecting() => New().Floats("x", [Batch, Length, 5], X).Weights("w", [5, 3 * Width], Weights).Weights("b", [3 * Width], Biases);

    private static SmallModel Apart() =>
        New().Floats("q", [Batch, Length, Width], Query).Floats("k", [Batch, Length, Width], Key).Floats("v", [Batch, Length, Width], Value);

    private static float[] Projected(int part) =>
        Product(X, Columns(Weights, 3 * Width, part * Width, Width), Biases[(part * Width)..((part + 1) * Width)], 5);

    private static float[] Attended(Func<int, int, int, int, double> bias) =>
        Attend(Projected(0), Split(Projected(1)), Split(Projected(2)), (Batch, Heads, Heads, Size, Size), bias);

    private static float[] Shifted(float[] values, int part) => [.. values.Select((value, i) => value + Biases[(part * Width) + (i % Width)])];

    private static float[] Packed(params float[][] parts) =>
        [.. Enumerable.Range(0, Batch * Length * Heads).SelectMany(i => parts.SelectMany(part => part[(i * Size)..((i + 1) * Size)]))];

    private static float[] Split(float[] flat) => ByHead(flat, Batch, Heads, Size);

    // Two positions of earlier calls, then those of a flat value; by head.
    private static float[] Joined(float[] past, float[] flat)
    {
        float[] split = Split(flat);
        return [.. Enumerable.Range(0, Batch * Heads).SelectMany(i =>
            past[(i * 2 * Size)..((i + 1) * 2 * Size)].Concat(split[(i * Length * Size)..((i + 1) * Length * Size)]))];
    }
}
