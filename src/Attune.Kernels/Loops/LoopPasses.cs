namespace Attune.Kernels.Loops;

/// <summary>The passes between a template and a lowering. Between them the program is verified where <see cref="LoopVerifier.IsOn"/> says so.</summary>
internal static class LoopPasses
{
    /// <summary>The program as lowerings take it: unrolled, without functions.</summary>
    public static LoopProgram Run(LoopProgram program)
    {
        LoopProgram built = Verified(program, LoopStage.Built);
        LoopProgram unrolled = Verified(Unroller.Run(built), LoopStage.Unrolled);
        return Verified(FunctionExpansion.Run(unrolled), LoopStage.Plain);
    }

    private static LoopProgram Verified(LoopProgram program, LoopStage stage)
    {
        if (LoopVerifier.IsOn)
        {
            LoopVerifier.Require(program, stage);
        }

        return program;
    }
}
