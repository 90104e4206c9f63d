using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

public sealed class ShapeFaultTests
{
    [Fact]
    public void Symbolic_extents_name_the_option_that_fixes_them()
    {
        ModelProto model = FaultTests.Model([FaultTests.Op("Relu", ["x"], "y")]);
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Extent { DimParam = "N" };

        FaultTests.Only(model).ShouldSatisfyAllConditions(
            fault => fault.Code.ShouldBe(FaultCodes.UnresolvedShape), fault => fault.Next.ShouldEndWith("--shape N=1"));
    }

    [Fact]
    public void One_hint_fixes_all_open_inputs()
    {
        ModelProto model = FaultTests.Model([FaultTests.Op("Relu", ["x"], "y")]);
        ValueInfoProto second = model.Graph.Input[0].Clone();
        second.Name = "an image";
        second.Type.TensorType.Shape.Dim.Clear();
        foreach (long extent in (long[])[-1, 3, -1, -1])
        {
            second.Type.TensorType.Shape.Dim.Add(
                extent < 0 ? new TensorShapeProto.Types.Extent { DimParam = "any" } : new TensorShapeProto.Types.Extent { DimValue = extent });
        }

        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Extent { DimParam = "N" };
        model.Graph.Input.Add(second);

        ModelFault[] faults = [.. FaultTests.Read(model).Error!.Faults];
        faults.Length.ShouldBe(2);
        faults.ShouldAllBe(
            fault => fault.Code == FaultCodes.UnresolvedShape && fault.Next.EndsWith("--shape N=1 --shape 'an image=1x3x224x224'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("batch 3 height width", "--shape batch=1 --shape height=224 --shape width=224")]
    [InlineData("N height width 3", "--shape N=1 --shape height=224 --shape width=224")]
    [InlineData("batch sequence", "--shape batch=1 --shape sequence=128")]
    [InlineData("past batch", "--shape past=1 --shape batch=1")]
    [InlineData("? 3 ? ?", "--shape x=1x3x224x224")]
    [InlineData("? 5", "--shape x=1x5")]
    [InlineData("any 3 any any", "--shape x=1x3x224x224")]
    [InlineData("batch~size 5", "--shape 'batch size=1'")]
    public void Proposed_extents_can_be_used(string extents, string advice)
    {
        ModelProto model = FaultTests.Model([FaultTests.Op("Relu", ["x"], "y")]);
        TensorShapeProto shape = model.Graph.Input[0].Type.TensorType.Shape;
        shape.Dim.Clear();
        shape.Dim.AddRange(extents.Split(' ').Select(static extent => long.TryParse(extent, out long number)
            ? new TensorShapeProto.Types.Extent { DimValue = number }
            : new TensorShapeProto.Types.Extent { DimParam = extent == "?" ? string.Empty : extent.Replace('~', ' ') }));

        FaultTests.Only(model).Next.ShouldBe($"Fix it with the sizes that you need, for example {advice}");
    }

    [Theory]
    [InlineData("N=4")]
    [InlineData("x=4x3")]
    [InlineData("4x3")]
    public void Shapes_are_fixed_by_symbol_or_by_input(string argument)
    {
        ModelProto model = FaultTests.Model([FaultTests.Op("Relu", ["x"], "y")]);
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Extent { DimParam = "N" };

        Network network = FaultTests.Read(model, argument).OrThrow(unreadable => unreadable.ToException()).Network;

        network.TypeOf("y").Shape.ShouldBe(Shape.Of(4, 3));
        network.Outputs[0].Type.Shape.ShouldBe(Shape.Of(4, 3));
    }

    [Theory]
    [InlineData("x=4")]
    [InlineData("nothing=4")]
    public void A_shape_that_does_not_fit_is_a_fault(string argument) =>
        FaultTests.Read(FaultTests.Model([FaultTests.Op("Relu", ["x"], "y")]), argument)
            .Error!.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.ShapeOverride);

    [Theory]
    [InlineData("x=4xN")]
    [InlineData("x=-1x3")]
    [InlineData("x=")]
    public void A_shape_that_is_none_is_a_fault(string argument) =>
        ReadOptions.ParseShapes([argument]).Error.ShouldNotBeNull().Code.ShouldBe(FaultCodes.ShapeOverride);

    [Fact]
    public void Inputs_and_results_without_elements_are_admissible()
    {
        ModelProto model = FaultTests.Model([FaultTests.Op("Slice", ["x", "zero", "zero"], "none"), FaultTests.Op("Relu", ["none"], "y")]);
        model.Graph.Initializer.Add(new TensorProto { Name = "zero", DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 0 } });
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 2;

        FaultTests.Read(model).Value!.Network.TypeOf("y").Shape.ShouldBe(Shape.Of(0, 3));
        FaultTests.Read(model, "x=0x3").Value!.Network.TypeOf("x").Shape.ShouldBe(Shape.Of(0, 3));
    }
}
