using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime.Tests.Files;

/// <summary>Compares networks part by part, numbers bit for bit.</summary>
internal static class NetworkEquality
{
    public static void Same(Network actual, Network expected)
    {
        actual.Name.ShouldBe(expected.Name);
        actual.Inputs.ShouldBe(expected.Inputs);
        actual.Outputs.ShouldBe(expected.Outputs);
        actual.Types.Keys.ShouldBe(expected.Types.Keys, ignoreOrder: true);
        actual.Types.ShouldAllBe(pair => expected.Types[pair.Key] == pair.Value);
        actual.Constants.Keys.ShouldBe(expected.Constants.Keys, ignoreOrder: true);
        foreach ((string name, Tensor tensor) in expected.Constants)
        {
            Same(actual.Constants[name], tensor);
        }

        actual.Nodes.Length.ShouldBe(expected.Nodes.Length);
        foreach ((Node a, Node e) in actual.Nodes.Zip(expected.Nodes))
        {
            (a.Name, a.Operator, a.Opset).ShouldBe((e.Name, e.Operator, e.Opset));
            a.Inputs.ShouldBe(e.Inputs);
            a.Outputs.ShouldBe(e.Outputs);
            a.Attributes.Count.ShouldBe(e.Attributes.Count);
            foreach ((string name, object value) in e.Attributes)
            {
                Same(a.Attributes.Find(name).ShouldNotBeNull(), value);
            }
        }
    }

    private static void Same(object actual, object expected)
    {
        switch (expected)
        {
            case Network network:
                Same(actual.ShouldBeOfType<Network>(), network);
                break;
            case Tensor tensor:
                Same(actual.ShouldBeOfType<Tensor>(), tensor);
                break;
            case ImmutableArray<long> list:
                ((ImmutableArray<long>)actual).ShouldBe(list);
                break;
            case ImmutableArray<float> list:
                ((ImmutableArray<float>)actual).ShouldBe(list);
                break;
            case ImmutableArray<string> list:
                ((ImmutableArray<string>)actual).ShouldBe(list);
                break;
            case float number:
                BitConverter.SingleToUInt32Bits((float)actual).ShouldBe(BitConverter.SingleToUInt32Bits(number));
                break;
            default:
                actual.ShouldBe(expected);
                break;
        }
    }

    private static void Same(Tensor actual, Tensor expected)
    {
        actual.Type.ShouldBe(expected.Type);
        // Large arrays through their bytes: element-wise comparison of objects would take minutes.
        if (expected.Data is byte[] bytes)
        {
            actual.Span<byte>().SequenceEqual(bytes).ShouldBeTrue();
        }
        else
        {
            actual.Data.Cast<object>().ShouldBe(expected.Data.Cast<object>());
        }
    }
}
