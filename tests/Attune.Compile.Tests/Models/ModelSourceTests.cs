using Attune.Compile.Models;
using Attune.Graph;
using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Compile.Tests.Models;

public sealed class ModelSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_built_in_network_is_read_by_its_name_in_any_case()
    {
        LoadedModel model = ModelSource.Load("zoo:AlexNet", []).Value.ShouldNotBeNull();
        model.Source.ShouldBe("zoo:alexnet");
        model.BaseName.ShouldBe("alexnet");
        model.IsZoo.ShouldBeTrue();
    }

    [Fact]
    public void Shapes_of_a_built_in_network_are_fixed() => ModelSource.Load("zoo:alexnet", ["x=1x3x8x8"]).Error.ShouldBeOfType<BuiltInShapesFixed>();

    [Theory]
    [InlineData("zoo:alexnett", "x=1x3x8x8x", FaultCodes.ShapeOverride)]
    [InlineData("zoo:alexnett", null, FaultCodes.UnknownZooName)]
    [InlineData("/nowhere/model.onnx", null, FaultCodes.Unreadable)]
    public void What_is_wrong_with_a_name_is_a_fault(string source, string? shape, string code) =>
        ModelSource.Load(source, shape is null ? [] : [shape]).Error.ShouldBeOfType<ModelUnreadable>().Model.Faults.ShouldHaveSingleItem().Code.ShouldBe(code);

    [Fact]
    public void A_file_is_read_with_the_shapes_given()
    {
        string path = Written();
        LoadedModel model = ModelSource.Load(path, ["x=2x4x5x5"]).Value.ShouldNotBeNull();
        (model.Source, model.BaseName, model.IsZoo).ShouldBe((path, "net", false));
        model.Network.Inputs[0].Type.Shape.ShouldBe(Shape.Of(2, 4, 5, 5));
    }

    [Fact]
    public void Shapes_are_told_as_they_are_given()
    {
        LoadedModel model = ModelSource.Load(Written(), []).Value.ShouldNotBeNull();
        ModelSource.ShapesOf(model.Network.Inputs).ShouldBe(["x=1x4x6x6"]);
    }

    private string Written()
    {
        var sketch = new Runtime.Tests.NetworkSketch(3);
        sketch.Conv(sketch.Input("x", 1, 4, 6, 6), [1, 8, 6, 6], 3, 1, 1);
        string path = folder.File("net.onnx");
        OnnxWriter.Write(sketch.Finish(), path);
        return path;
    }
}
