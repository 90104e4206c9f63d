using Attune.Kernels.Loops;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Tests.Loops.X64;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class RandomProgramTests
{
    private const int Units = 3;

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Random_programs_compute_what_the_interpreter_computes_to_the_bit(int lanes)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            LoopProgram program = RandomPrograms.Make(new Random(seed), lanes);
            float[][] memory = [MachineRun.Floats(new Random(seed), RandomPrograms.Elements), new float[RandomPrograms.Elements]];
            float[][] expected = MachineRun.Interpreted(program, memory, Units);
            foreach (VectorInstructions instructions in InstructionSets.Of(lanes, products: false))
            {
                float[][] computed = MachineRun.Run(MachineRun.Compiled(program, instructions), memory, Units);
                MachineRun.ShouldBeAlike(computed, expected, $"seed {seed}, {instructions}\n{Printer.Print(program)}");
            }
        }
    }
}
