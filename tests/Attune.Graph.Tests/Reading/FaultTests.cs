using System.Collections.Immutable;
using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Attune.Passes;
using Google.Protobuf;

namespace Attune.Graph.Tests.Reading;

public sealed class FaultTests
{
    [Fact]
    public void A_cycle_is_named() => Only(Model(
        [Op("Add", ["x", "b"], "a"), Op("Relu", ["a"], "b"), Op("Relu", ["b"], "y")]))
        .ShouldSatisfyAllConditions(fault => fault.Code.ShouldBe(FaultCodes.CyclicGraph), fault => fault.Message.ShouldContain("n_a, n_b, n_y"));

    [Fact]
    public void Nodes_out_of_order_are_sorted()
    {
        Network network = Read(Model([Op("Relu", ["a"], "y"), Op("Abs", ["x"], "a")])).OrThrow(unreadable => unreadable.ToException()).Network;

        network.Nodes.Select(node => node.Operator).ShouldBe(["Abs", "Relu"]);
        NetworkVerifier.Verify(network).ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_initialiser_is_named() => Only(Model([Op("Add", ["x", "weights"], "y")]))
        .ShouldSatisfyAllConditions(
            fault => fault.Code.ShouldBe(FaultCodes.UndefinedValue),
            fault => fault.Message.ShouldContain("'weights'"),
            fault => fault.Where.ShouldContain("n_y"));

    [Fact]
    public void Several_faults_come_together()
    {
        Result<ReadModel, UnreadableModel> result = Read(Model([Op("Add", ["x", "nothing"], "a"), Op("Relu", ["x"], "a"), Op("Foo", ["a"], "y")]));

        result.Error!.Faults.Select(fault => fault.Code).ShouldBe(
            [FaultCodes.UndefinedValue, FaultCodes.DuplicateDefinition, FaultCodes.UnsupportedOperator], ignoreOrder: true);
    }

    [Fact]
    public void Unsupported_operators_are_counted_with_their_nodes()
    {
        Result<ReadModel, UnreadableModel> result = Read(Model([Op("Foo", ["x"], "a"), Op("Foo", ["a"], "b"), Op("Bar", ["b"], "y", "com.example")]));

        result.Error!.Unsupported.Select(missing => missing.ToString()).ShouldBe(["Foo (opset 13) x2: n_a, n_b", "com.example.Bar (opset 1) x1: n_y"]);
        result.Error!.Faults.Select(fault => fault.Code).Distinct().ShouldBe([FaultCodes.UnsupportedOperator]);
        result.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void A_loose_reading_keeps_unsupported_operators()
    {
        using var folder = new TemporaryFolder();
        ModelProto model = Model([Op("Foo", ["x"], "a"), Op("Relu", ["a"], "y")]);
        model.Graph.Output[0].Type = null;
        File.WriteAllBytes(folder.File("m.onnx"), model.ToByteArray());

        LooseReading result = OnnxReader.ReadLoose(folder.File("m.onnx"));

        result.Network!.Nodes.Length.ShouldBe(2);
        result.Unsupported.ShouldHaveSingleItem().Operator.ShouldBe("Foo");
        result.Network.Outputs[0].Type.Element.ShouldBe(DataType.Undefined);
        result.Network.Types.Keys.ShouldBe(["x"]);
    }

    [Theory]
    [InlineData(27)]
    [InlineData(1_000_000)]
    public void Operator_sets_outside_the_range_are_refused(long opset)
    {
        ModelProto model = Model([Op("Relu", ["x"], "y")]);
        model.OpsetImport[0].Version = opset;

        Read(model).Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.Opset && fault.Message.Contains("1 to 26"));
    }

    [Fact]
    public void A_model_that_states_no_operator_set_is_told_so()
    {
        ModelProto model = Model([Op("Relu", ["x"], "y")]);
        model.OpsetImport[0].Domain = "ai.onnx.ml";

        Read(model).Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.Opset && fault.Message.Contains("does not say"));
    }

    [Fact]
    public void A_model_without_operators_of_onnx_needs_no_operator_set_of_it()
    {
        ModelProto model = Model([Op("Gate", ["x"], "y", "com.example")]);
        model.OpsetImport[0].Domain = "com.example";

        Read(model).Error!.Faults.Select(fault => fault.Code).ShouldBe([FaultCodes.UnsupportedOperator]);
    }

    [Fact]
    public void Wrong_element_types_are_a_fault()
    {
        ModelProto model = Model([Op("Add", ["x", "i"], "y")]);
        model.Graph.Initializer.Add(new TensorProto { Name = "i", DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 1 } });

        Only(model).ShouldSatisfyAllConditions(fault => fault.Code.ShouldBe(FaultCodes.TypeMismatch), fault => fault.Message.ShouldContain("Int64"));
    }

    [Fact]
    public void A_wrong_rank_is_a_fault() => Only(Model([Op("Conv", ["x", "x"], "y")])).Code.ShouldBe(FaultCodes.TypeMismatch);

    [Fact]
    public void An_attribute_of_the_wrong_kind_is_a_fault()
    {
        NodeProto node = Op("Softmax", ["x"], "y");
        node.OpType = "Concat";
        node.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.Kind.Float, F = 1 });

        Only(Model([node])).Code.ShouldBe(FaultCodes.TypeMismatch);
    }

    [Fact]
    public void An_input_of_sequence_type_is_a_fault()
    {
        ModelProto model = Model([Op("Relu", ["x"], "y")]);
        model.Graph.Input.Add(new ValueInfoProto { Name = "s", Type = new TypeProto { SequenceType = new TypeProto.Types.OfElements() } });

        Read(model).Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.UnsupportedFeature && fault.Message.Contains("Sequence"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NaN_weights_are_a_warning_or_a_fault_on_request(bool reject)
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 3 }, FloatData = { 1, float.NaN, 2 } });

        Result<ReadModel, UnreadableModel> result = OnnxReader.Read(new MemoryStream(model.ToByteArray()), "memory", new ReadOptions { RejectNaN = reject });

        result.Succeeded.ShouldBe(!reject);
        ModelFault said = (reject ? result.Error!.Faults : result.Value!.Warnings).ShouldHaveSingleItem();
        said.Code.ShouldBe(FaultCodes.NotANumber);
        said.Where.ShouldContain("'w'");
    }

    [Fact]
    public void Initialisers_listed_as_inputs_are_constants()
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        model.IrVersion = 3;
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 3 }, FloatData = { 1, 2, 3 } });
        model.Graph.Input.Add(new ValueInfoProto { Name = "w", Type = model.Graph.Input[0].Type });

        Network network = Read(model).OrThrow(unreadable => unreadable.ToException()).Network;

        network.Inputs.Select(input => input.Name).ShouldBe(["x"]);
        network.Constants.Keys.ShouldBe(["w"]);
    }

    [Fact]
    public void Sparse_initialisers_listed_as_inputs_are_constants()
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        model.IrVersion = 3;
        model.Graph.SparseInitializer.Add(new SparseTensorProto
        {
            Values = new TensorProto { Name = "w", DataType = 1, Dims = { 1 }, FloatData = { 7 } },
            Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 2 } },
            Dims = { 3 },
        });
        model.Graph.Input.Add(new ValueInfoProto { Name = "w", Type = model.Graph.Input[0].Type });

        Network network = Read(model).OrThrow(unreadable => unreadable.ToException()).Network;

        network.Inputs.Select(input => input.Name).ShouldBe(["x"]);
        network.Constants["w"].Elements<float>().ShouldBe([0f, 0, 7]);
    }

    [Fact]
    public void A_sparse_tensor_of_next_to_nothing_does_not_become_gigabytes()
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        model.Graph.SparseInitializer.Add(new SparseTensorProto
        {
            Values = new TensorProto { Name = "w", DataType = 1, Dims = { 1 }, FloatData = { 7 } },
            Indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 2 } },
            Dims = { 1 << 30 },
        });
        long before = GC.GetAllocatedBytesForCurrentThread();

        Read(model).Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.TooLarge);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void Duplicate_initialisers_are_a_fault()
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        var tensor = new TensorProto { Name = "w", DataType = 1, Dims = { 3 }, FloatData = { 1, 2, 3 } };
        model.Graph.Initializer.Add([tensor, tensor]);

        Only(model).Code.ShouldBe(FaultCodes.DuplicateDefinition);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Elements_that_do_not_fit_the_shape_are_a_fault(int extent)
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { extent }, FloatData = { 1, 2, 3 } });

        Read(model).Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.MalformedTensor);
    }

    [Fact]
    public void An_unknown_element_type_is_a_fault()
    {
        ModelProto model = Model([Op("Add", ["x", "w"], "y")]);
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 15, Dims = { 1 }, RawData = ByteString.CopyFrom(new byte[16]) });

        Read(model).Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.UnsupportedFeature && fault.Message.Contains("Complex128 (15)"));
    }

    [Fact]
    public void Every_code_has_a_meaning()
    {
        foreach (System.Reflection.FieldInfo field in typeof(FaultCodes).GetFields().Where(field => field.IsLiteral))
        {
            FaultCodes.Meanings.ShouldContainKey((string)field.GetRawConstantValue()!);
        }
    }

    internal static ModelProto Model(NodeProto[] nodes)
    {
        static ValueInfoProto Value(string name) => new()
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.OfTensor
                {
                    ElemType = 1,
                    Shape = new TensorShapeProto
                    {
                        Dim = { new TensorShapeProto.Types.Extent { DimValue = 2 }, new TensorShapeProto.Types.Extent { DimValue = 3 } },
                    },
                },
            },
        };
        var y = Value("y");
        y.Type.TensorType.Shape = null;
        y.Type.TensorType.ClearElemType();
        var graph = new GraphProto { Name = "g", Input = { Value("x") }, Output = { y }, Node = { nodes } };
        return new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = 13 } } };
    }

    internal static NodeProto Op(string operation, string[] inputs, string output, string domain = "") =>
        new() { OpType = operation, Domain = domain, Name = "n_" + output, Input = { inputs }, Output = { output } };

    internal static Result<ReadModel, UnreadableModel> Read(ModelProto model, params string[] shapes)
    {
        ImmutableDictionary<string, ImmutableArray<long>> parsed = ReadOptions.ParseShapes(shapes).Value.ShouldNotBeNull();
        return OnnxReader.Read(new MemoryStream(model.ToByteArray()), "memory", new ReadOptions { Shapes = parsed });
    }

    internal static ModelFault Only(ModelProto model)
    {
        Result<ReadModel, UnreadableModel> result = Read(model);
        result.Succeeded.ShouldBeFalse();
        return result.Error!.Faults.ShouldHaveSingleItem();
    }
}
