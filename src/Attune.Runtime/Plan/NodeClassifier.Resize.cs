using Attune.Kernels;

namespace Attune.Runtime.Plan;

/// <content>Enlargement by nearest neighbours.</content>
internal sealed partial class NodeClassifier
{
    /// <summary>
    /// Whole factors for rows and columns, and rounding that gives every factor-th result the next pixel; everything else is left to the reference kernel.
    /// </summary>
    private NodePlan? Enlargement(Node node)
    {
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        if (x.Rank != 4 || y.Rank != 4 || y[0] != x[0] || y[1] != x[1] || y[2] % x[2] != 0 || y[3] % x[3] != 0 || !HasWholeFactors(node, x, y))
        {
            return null;
        }

        Extent input = Extent.OfImage(x);
        return new NodePlan(
            node,
            StepKind.Enlarge,
            [new Demand(node.Inputs[0], StorageKind.Blocked)],
            StorageKind.Blocked)
        { InputExtent = input, OutputExtent = Extent.OfImage(y) };
    }

    private bool HasWholeFactors(Node node, Shape x, Shape y)
    {
        if (node.Attributes.Text("mode", "nearest") != "nearest"
            || node.Attributes.Ints("axes") is not null
            || node.Attributes.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
        {
            return false;
        }

        bool modern = node.Operator == "Resize" && node.Opset >= 11;
        string given = node.Input(modern ? 2 : 1);
        string sizes = modern ? node.Input(3) : string.Empty;
        bool Matches(IEnumerable<float> scales) =>
            scales.Select((scale, axis) => scale * x[axis] == y[axis] && scale == MathF.Floor(scale)).All(matches => matches);
        bool whole = given.Length > 0 && network.Constants.TryGetValue(given, out Tensor? scales) && scales.Count == 4
            ? scales.Element == DataType.Float32 && Matches(scales.Elements<float>())
            : given.Length == 0 && !modern ? node.Attributes.Floats("scales") is { Length: 4 } old && Matches(old) : sizes.Length > 0
                && network.Constants.ContainsKey(sizes);
        string places = node.Attributes.Text("coordinate_transformation_mode", modern ? "half_pixel" : "asymmetric");
        string rounding = node.Attributes.Text("nearest_mode", modern ? "round_prefer_floor" : "floor");

        // Half-pixel centres lie less than half a pixel from the pixel that they repeat.
        return whole && (places, rounding) switch
        {
            ("asymmetric", "floor") or ("half_pixel", "round_prefer_floor") => true,
            ("asymmetric", "round_prefer_floor") => y[2] <= 2 * x[2] && y[3] <= 2 * x[3],
            _ => false,
        };
    }
}
