using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Operators since set 23; values computed with NumPy in double precision, element by element as ONNX defines them.</summary>
public sealed class NewOperatorTests
{
    private static readonly float[] Queries = [-0.5f, 0.2f, -0.2f, 0.5f, 0.1f, -0.3f, 0.4f, 0];

    [Fact]
    public void Networks_of_the_newest_set_are_read()
    {
        SmallModel model = new SmallModel(26).Floats("x", [2], -1, 2).Node("Relu", "x", "y").Output("y");

        SmallModel.Near(model.Run()[0], 0, 2);
    }

    [Fact]
    public void The_root_of_the_mean_square_divides()
    {
        SmallModel model = new SmallModel(23).Floats("x", [2, 2], 3, 4, 0, 5).Constant("s", Tensor.Vector(1f, 2f))
            .Node("RMSNormalization", "x s", "y", ("epsilon", 0f)).Output("y");

        SmallModel.Near(model.Run()[0], 0.8485281f, 2.2627417f, 0, 2.8284271f);
    }

    [Fact]
    public void All_axes_from_the_one_named_on_are_normalised()
    {
        SmallModel model = new SmallModel(23).Floats("x", [1, 2, 2], 1, 1, 1, 3).Constant("s", Tensor.Of(Shape.Of(2, 2), new[] { 1f, 1, 1, 1 }))
            .Node("RMSNormalization", "x s", "y", ("axis", 1L), ("epsilon", 1f)).Output("y");

        // The mean square is 3, with epsilon 4.
        SmallModel.Near(model.Run()[0], 0.5f, 0.5f, 0.5f, 1.5f);
    }

    [Fact]
    public void Swish_is_x_times_the_logistic_function()
    {
        SmallModel model = new SmallModel(24).Floats("x", [2], 1, -2).Node("Swish", "x", "y").Node("Swish", "x", "z", ("alpha", 2f)).Output("y", "z");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 0.7310586f, -0.2384058f);
        SmallModel.Near(results[1], 0.8807971f, -0.0359724f);
    }

    [Fact]
    public void Pairs_are_turned_by_the_angle_of_their_position()
    {
        SmallModel model = new SmallModel(23)
            .Floats("x", [1, 2, 2, 4], [.. Queries, -0.4f, 0.3f, -0.1f, -0.5f, 0.2f, -0.2f, 0.5f, 0.1f])
            .Floats("cos", [3, 1], 0.8775826f, 0.9800666f, 0.9800666f).Floats("sin", [3, 1], -0.4794255f, 0.1986693f, -0.1986693f)
            .Constant("at", Tensor.Of(Shape.Of(1, 2), new long[] { 2, 0 }))
            .Node("RotaryEmbedding", "x cos sin at", "y", ("rotary_embedding_dim", 2L)).Output("y");

        SmallModel.Near(
            model.Run()[0], -0.4502994f, 0.295348f, -0.2f, 0.5f, -0.05606941f, -0.3112173f, 0.4f, 0, -0.3324258f, 0.3734877f, -0.1f, -0.5f, 0.0796314f,
            -0.2714016f, 0.5f, 0.1f);
    }

    [Fact]
    public void Neighbours_are_pairs_when_interleaved()
    {
        SmallModel model = new SmallModel(23)
            .Floats("x", [1, 2, 8], [.. Queries, -0.4f, 0.3f, -0.1f, -0.5f, 0.2f, -0.2f, 0.5f, 0.1f])
            .Floats("cos", [1, 2, 2], 0.8775826f, 0.9800666f, 0.9800666f, 0.8775826f).Floats("sin", [1, 2, 2], -0.4794255f, 0.1986693f, -0.1986693f, 0.4794255f)
            .Node("RotaryEmbedding", "x cos sin", "y", ("num_heads", 2L), ("interleaved", 1L)).Output("y");

        SmallModel.Near(
            model.Run()[0], -0.3429062f, 0.4152293f, -0.295348f, 0.4502994f, -0.05606941f, -0.3112173f, 0.3920266f, 0.07946773f, -0.3324258f, 0.3734877f,
            0.1519545f, -0.4867338f, 0.1562794f, -0.2357472f, 0.3908487f, 0.327471f);
    }

    [Fact]
    public void Heads_share_keys_and_see_the_past_but_not_the_future()
    {
        SmallModel model = new SmallModel(23)
            .Floats("q", [1, 2, 4], Queries).Floats("k", [1, 2, 2], -0.3f, 0.4f, 0, 0.7f).Floats("v", [1, 2, 2], 0.2f, 0.9f, 0.5f, 1.2f)
            .Floats("pk", [1, 1, 1, 2], 0.4f, 1.1f).Floats("pv", [1, 1, 1, 2], -0.1f, 0.6f)
            .Node("Attention", "q k v  pk pv", "y nk nv", ("q_num_heads", 2L), ("kv_num_heads", 1L), ("is_causal", 1L)).Output("y", "nk");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 0.06111651f, 0.7611165f, 0.03888349f, 0.7388835f, 0.2055213f, 0.9055213f, 0.188173f, 0.888173f);
        SmallModel.Near(results[1], 0.4f, 1.1f, -0.3f, 0.4f, 0, 0.7f);
    }

    [Fact]
    public void Scores_are_capped_and_a_short_mask_forbids_the_rest()
    {
        SmallModel model = new SmallModel(24)
            .Floats("q", [1, 1, 2, 2], -0.5f, 0.2f, -0.2f, 0.5f).Floats("k", [1, 1, 3, 2], -0.3f, 0.4f, 0, 0.7f, 0.3f, -0.1f)
            .Floats("v", [1, 1, 3, 2], 0.2f, 0.9f, 0.5f, 1.2f, 0.8f, 0.4f).Constant("m", Tensor.Of(Shape.Of(2, 2), new[] { true, true, false, true }))
            .Node("Attention", "q k v m", "y", ("scale", 2f), ("softcap", 0.5f)).Output("y");

        SmallModel.Near(model.Run()[0], 0.3418361f, 1.041836f, 0.5f, 1.2f);
    }

    [Fact]
    public void Valid_keys_end_where_the_last_query_is()
    {
        SmallModel model = new SmallModel(24)
            .Floats("q", [2, 1, 2, 1], -0.5f, 0.2f, -0.2f, 0.5f).Floats("k", [2, 1, 3, 1], -0.3f, 0.4f, 0, 0.7f, 0.3f, -0.1f)
            .Floats("v", [2, 1, 3, 1], 0.2f, 0.9f, 0.5f, 1.2f, 0.8f, 0.4f).Input("n", Tensor.Vector(2L, 3L))
            .Node("Attention", "q k v    n", "y", ("is_causal", 1L)).Output("y");

        SmallModel.Near(model.Run()[0], 0.2f, 0.5744601f, 0.9920043f, 0.8529808f);
    }
}
