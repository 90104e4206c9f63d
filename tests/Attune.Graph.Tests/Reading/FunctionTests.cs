using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Graph.Tests.Fuzzing;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Calls of a model's own functions become the functions' nodes.</summary>
public sealed class FunctionTests
{
    [Fact]
    public void A_call_becomes_its_nodes_with_its_attributes()
    {
        SmallModel model = new SmallModel(13).Floats("x", [2], -1, 2).Node("acme.Leak", "x", "a", ("slope", 0.5f)).Node("acme.Leak", "a", "y").Output("y");
        FunctionProto leak = Function("Leak", "v", "w", SmallModel.Op("LeakyRelu", "v", "w"));
        leak.AttributeProto.Add(FuzzModels.Attribute("slope", 0.1f));
        leak.Node[0].Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeProto.Types.Kind.Float });
        model.Proto.Functions.Add(leak);

        SmallModel.Near(model.Run()[0], -0.05f, 2);
        model.Network().Nodes.Select(static node => node.Operator).ShouldBe(["LeakyRelu", "LeakyRelu"]);
    }

    [Fact]
    public void An_attribute_without_a_value_is_left_out()
    {
        SmallModel model = new SmallModel(13).Floats("x", [2], -1, 2).Node("acme.Leak", "x", "y").Output("y");
        FunctionProto leak = Function("Leak", "v", "w", SmallModel.Op("LeakyRelu", "v", "w"));
        leak.Attribute.Add("slope");
        leak.Node[0].Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeProto.Types.Kind.Float });
        model.Proto.Functions.Add(leak);

        SmallModel.Near(model.Run()[0], -0.01f, 2);
    }

    [Fact]
    public void Functions_call_functions_and_overloads_are_told_apart()
    {
        SmallModel model = new SmallModel(13).Floats("x", [1], 3).Node("acme.Twice", "x", "y").Output("y");
        FunctionProto first = Function("Step", "t", "t1", SmallModel.Op("Add", "t t", "t1"));
        FunctionProto second = Function("Step", "t", "t1", SmallModel.Op("Mul", "t t", "t1"));
        first.Overload = "sum";
        second.Overload = "product";
        NodeProto[] calls = [SmallModel.Op("acme.Step", "v", "t1"), SmallModel.Op("acme.Step", "t1", "w")];
        calls[0].Overload = "sum";
        calls[1].Overload = "product";
        model.Proto.Functions.Add([first, second, Function("Twice", "v", "w", calls)]);

        SmallModel.Near(model.Run()[0], 36);
    }

    [Fact]
    public void A_function_has_operator_sets_of_its_own()
    {
        // In set 12 a softmax goes over all axes from 1 on, in 13 over the last one.
        SmallModel model = new SmallModel(13).Floats("x", [1, 2, 2], 0, 0, 0, 0).Node("acme.Shares", "x", "y").Node("Softmax", "x", "z").Output("y", "z");
        FunctionProto shares = Function("Shares", "v", "w", SmallModel.Op("Softmax", "v", "w"));
        shares.OpsetImport.Add(new OperatorSetIdProto { Version = 12 });
        model.Proto.Functions.Add(shares);

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 0.25f, 0.25f, 0.25f, 0.25f);
        SmallModel.Near(results[1], 0.5f, 0.5f, 0.5f, 0.5f);
    }

    [Fact]
    public void Bodies_inside_read_the_functions_values()
    {
        GraphProto plus = SmallModel.Body(string.Empty, "r", SmallModel.Op("Add", "v inner", "r"));
        GraphProto minus = SmallModel.Body(string.Empty, "r", SmallModel.Op("Sub", "v inner", "r"));
        SmallModel model = new SmallModel(16).Floats("x", [1], 3).Constant("yes", Tensor.Scalar(value: true)).Constant("no", Tensor.Scalar(value: false))
            .Node("acme.Choose", "x yes", "a").Node("acme.Choose", "a no", "y").Output("a", "y");
        model.Proto.Functions.Add(Function(
            "Choose", "v c", "w", SmallModel.Op("Mul", "v v", "inner"), SmallModel.Op("If", "c", "w", ("then_branch", plus), ("else_branch", minus))));

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 12);
        SmallModel.Near(results[1], -132);
    }

    [Fact]
    public void Outputs_may_be_inputs_and_inputs_may_be_left_out()
    {
        SmallModel model = new SmallModel(13).Floats("x", [2], -1, 9).Node("acme.Bound", "x  high", "y z").Constant("high", Tensor.Scalar(4f)).Output("y", "z");
        model.Proto.Functions.Add(Function("Bound", "v low high", "w v", SmallModel.Op("Clip", "v low high", "w")));

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], -1, 4);
        SmallModel.Near(results[1], -1, 9);
    }

    [Fact]
    public void A_function_that_calls_itself_is_a_fault()
    {
        SmallModel model = new SmallModel(13).Floats("x", [2], -1, 9).Node("acme.A", "x", "y").Output("y");
        model.Proto.Functions.Add(Function("A", "v", "w", SmallModel.Op("acme.B", "v", "w")));
        model.Proto.Functions.Add(Function("B", "v", "w", SmallModel.Op("acme.A", "v", "w")));

        model.Read().Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.CyclicGraph && fault.Message.Contains("acme.A calls acme.B calls acme.A"));
    }

    [Fact]
    public void Calls_that_explode_are_a_fault()
    {
        SmallModel model = new SmallModel(13).Floats("x", [2], -1, 9).Node("acme.F0", "x", "y").Output("y");
        const int levels = 40;
        for (int i = 0; i < levels; i++)
        {
            string next = i + 1 == levels ? "Relu" : $"acme.F{i + 1}";
            model.Proto.Functions.Add(Function($"F{i}", "v", "w", SmallModel.Op(next, "v", "a"), SmallModel.Op(next, "a", "w")));
        }

        model.Read().Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.TooLarge && fault.Message.Contains("100000 nodes"));
    }

    [Fact]
    public void Too_many_inputs_are_a_fault()
    {
        SmallModel model = new SmallModel(13).Floats("x", [2], -1, 9).Node("acme.A", "x x", "y").Output("y");
        model.Proto.Functions.Add(Function("A", "v", "w", SmallModel.Op("Relu", "v", "w")));

        model.Read().Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.TypeMismatch && fault.Message.Contains("takes 1 inputs"));
    }

    private static FunctionProto Function(string name, string inputs, string outputs, params NodeProto[] nodes) => new()
    {
        Name = name,
        Domain = "acme",
        Input = { inputs.Split(' ') },
        Output = { outputs.Split(' ') },
        Node = { nodes },
    };
}
