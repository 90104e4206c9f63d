using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Graph.Reading;
using Attune.Kernels;
using Google.Protobuf;

namespace Attune.Graph.Tests.Reading;

public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<int, double[]> Typed => new()
    {
        { (int)DataType.Int8, [-1, 127] },
        { (int)DataType.UInt8, [255, 0] },
        { (int)DataType.Int16, [-300, 1] },
        { (int)DataType.UInt16, [65535, 1] },
        { (int)DataType.Int32, [-70000, 1] },
        { (int)DataType.Bool, [1, 0] },
        { (int)DataType.Float16, [1.5, -2] },
        { (int)DataType.BFloat16, [1.5, -2] },
    };

    [Theory]
    [MemberData(nameof(Typed))]
    public void Narrow_types_are_read_from_the_list_of_32_bit_integers(int type, double[] values)
    {
        var proto = new TensorProto { DataType = type, Dims = { values.Length } };
        proto.Int32Data.AddRange(values.Select(value => (DataType)type switch
        {
            DataType.Float16 => BitConverter.HalfToUInt16Bits((Half)value),
            DataType.BFloat16 => BFloat16.FromSingle((float)value).Bits,
            _ => (int)value,
        }));

        Tensor tensor = Read(proto.ToByteArray()).Value.ShouldNotBeNull();

        tensor.Element.ShouldBe((DataType)type);
        tensor.Data.Cast<object>().Select(value => value switch
        {
            Half half => (double)half,
            BFloat16 brain => brain.ToSingle(),
            _ => Convert.ToDouble(value),
        }).ShouldBe(values);
    }

    [Fact]
    public void Raw_booleans_become_proper_ones()
    {
        var proto = new TensorProto { DataType = (int)DataType.Bool, Dims = { 3 }, RawData = ByteString.CopyFrom(0, 1, 255) };

        Tensor tensor = Read(proto.ToByteArray()).Value.ShouldNotBeNull();

        OnnxTensorReader.Bytes(tensor).ToArray().ShouldBe([0, 1, 1]);
    }

    [Fact]
    public void Damaged_files_are_faults()
    {
        var random = new Random(4);
        byte[] valid = new TensorProto { DataType = 1, Dims = { 2, 3 }, FloatData = { 1, 2, 3, 4, 5, 6 } }.ToByteArray();
        int refused = 0;
        for (int round = 0; round < 500; round++)
        {
            byte[] bytes = [.. valid];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            refused += Read(bytes[..random.Next(1, bytes.Length + 1)]).Succeeded ? 0 : 1;
        }

        refused.ShouldBeInRange(1, 499);
    }

    [Fact]
    public void A_sparse_tensor_is_laid_out_densely()
    {
        var sparse = new SparseTensorProto
        {
            Dims = { 2, 3 },
            Values = new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, FloatData = { 5, 7 } },
            Indices = new TensorProto { DataType = 7, Dims = { 2, 2 }, Int64Data = { 0, 2, 1, 0 } },
        };
        ModelProto model = FaultTests.Model([FaultTests.Op("Add", ["x", "w"], "y")]);
        model.Graph.SparseInitializer.Add(sparse);

        Network read = OnnxReader.Read(new MemoryStream(model.ToByteArray()), "memory").OrThrow(unreadable => unreadable.ToException()).Network;
        read.Constants["w"].Elements<float>().ShouldBe([0, 0, 5, 7, 0, 0]);
        sparse.Indices.Int64Data[0] = 2;
        OnnxReader.Read(new MemoryStream(model.ToByteArray()), "memory").Error!.Faults.ShouldContain(fault => fault.Code == FaultCodes.MalformedTensor);
    }

    public void Dispose() => folder.Dispose();

    private Result<Tensor, ModelFault> Read(byte[] bytes)
    {
        File.WriteAllBytes(folder.File("t.pb"), bytes);
        return TensorFile.ReadProtobuf(folder.File("t.pb"));
    }
}
