using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

/// <summary>Small workloads that several tests take.</summary>
internal static class SampleWorkloads
{
    /// <summary>Two heads of five queries and seven keys, with a mask.</summary>
    public static AttentionWorkload Attention(int lanes) => new()
    {
        Batch = 1,
        Heads = 2,
        Queries = 5,
        Keys = 7,
        Size = 16,
        ValueSize = 16,
        Scale = 0.25f,
        Lanes = lanes,
        Query = new AttentionColumns(32, 0),
        Key = new AttentionColumns(32, 0),
        Value = new AttentionColumns(32, 0),
        Mask = new AttentionMask(0, 0, 0),
    };
}
