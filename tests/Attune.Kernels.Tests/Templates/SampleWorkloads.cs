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

    /// <summary>Three sequences of four steps, both ways, with more hidden units than one vector has and fewer than two.</summary>
    public static RecurrentWorkload Recurrent(RecurrentKind kind, int lanes) => new()
    {
        Kind = kind,
        Steps = 4,
        Batch = 3,
        Hidden = lanes + 3,
        Directions = 2,
        Gate = new Epilogue(false, false, "sigmoid", 0, 0),
        Candidate = new Epilogue(false, false, "tanh", 0, 0),
        Cell = new Epilogue(false, false, "tanh", 0, 0),
        Lanes = lanes,
    };
}
