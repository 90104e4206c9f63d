using Attune.Runtime;

// Runs a tuned model once on a made-up input and prints its five largest outputs.
using CompiledModel model = CompiledModel.Load(args[0]);
float[] input = new float[model.Inputs[0].Type.Shape.Count];
float[] output = new float[model.Outputs[0].Type.Shape.Count];
for (int i = 0; i < input.Length; i++)
{
    input[i] = MathF.Sin(i);
}

model.Run(input, output);
foreach ((int place, float value) in output.Index().OrderByDescending(entry => entry.Item).Take(5))
{
    Console.WriteLine($"output {place}: {value:g4}");
}
