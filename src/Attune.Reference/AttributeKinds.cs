using System.Collections.Immutable;

namespace Attune.Reference;

/// <summary>
/// Kinds of the attributes that kernels, passes and plans read. ONNX uses a name for one kind throughout; the exceptions (the norm p, which was a float
/// once, and value, a number in Pad and a tensor elsewhere) are told apart where they are read.
/// </summary>
internal static class AttributeKinds
{
    private static readonly Dictionary<string, Kind> Kinds = Named(
    [
        (Kind.Integer, "allowzero align_corners antialias axis batch_axis batch_dims block_size blocksize broadcast ceil_mode "
            + "center_point_box count_include_pad"),
        (Kind.Integer, "detect_negative detect_positive dtype end exclude_outside exclusive fmod group heads hidden_size ignore_index input_forget inverse"),
        (Kind.Integer, "is_case_sensitive is_test k keepdims largest layout linear_before_reset max_gram_length max_skip_count min_gram_length"),
        (Kind.Integer, "noop_with_empty_axes num_groups num_outputs num_scan_inputs onesided output_datatype output_dtype output_height output_width periodic"),
        (Kind.Integer, "reverse sampling_ratio select_last_index size sorted spatial start storage_order time_axis to training_mode transA "
            + "transB upper value_size"),
        (Kind.Integer, "K N accuracy_level bits channels_last offset_group opset"),
        (Kind.Integers, "axes dilations ends kernel_shape ngram_counts ngram_indexes offsets output_padding output_shape pads paddings perm "
            + "pool_int64s shape split"),
        (Kind.Integers, "starts strides"),
        (Kind.Float, "alpha beta bias clip cubic_coeff_a decay_factor epsilon extrapolation_value gamma lambd max min momentum norm_coefficient"),
        (Kind.Float, "norm_coefficient_post ratio scale spatial_scale"),
        (Kind.Floats, "activation_alpha activation_beta scales weights"),
        (Kind.Text, "activation approximate auto_pad case_change_action cell coordinate_transformation_mode direction equation "
            + "keep_aspect_ratio_policy mode nearest_mode"),
        (Kind.Text, "padding_mode reduction"),
        (Kind.Texts, "activations pool_strings stopwords"),
    ]);

    private enum Kind
    {
        Integer,
        Integers,
        Float,
        Floats,
        Text,
        Texts,
    }

    /// <summary>Refuses a node with an attribute of another kind than operators define under its name.</summary>
    public static void Verify(NodeFacts node)
    {
        foreach ((string name, object value) in node.Attributes)
        {
            if (Kinds.TryGetValue(name, out Kind kind) && !Fits(kind, value))
            {
                throw node.Malformed($"attribute {name} must be {Describe(kind)}");
            }
        }

        if (node.Node.Operator == "Pad" && node.Attributes.Find("value") is not (null or float))
        {
            throw node.Malformed($"attribute value must be {Describe(Kind.Float)}");
        }
    }

    // A loop: every load of a model comes here, and queries over values are not precompiled.
    private static Dictionary<string, Kind> Named(ReadOnlySpan<(Kind Kind, string Names)> entries)
    {
        var kinds = new Dictionary<string, Kind>(StringComparer.Ordinal);
        foreach ((Kind kind, string names) in entries)
        {
            foreach (string name in names.Split(' '))
            {
                kinds.Add(name, kind);
            }
        }

        return kinds;
    }

    private static bool Fits(Kind kind, object value) => kind switch
    {
        Kind.Integer => value is long,
        Kind.Integers => value is ImmutableArray<long>,
        Kind.Float => value is float,
        Kind.Floats => value is ImmutableArray<float>,
        Kind.Text => value is string,
        _ => value is ImmutableArray<string>,
    };

    private static string Describe(Kind kind) => kind switch
    {
        Kind.Integer => "an integer",
        Kind.Integers => "a list of integers",
        Kind.Float => "a number of single precision",
        Kind.Floats => "a list of numbers of single precision",
        Kind.Text => "a text",
        _ => "a list of texts",
    };
}
