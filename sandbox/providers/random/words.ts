/** Words for RandomPet. */
const words = (text: string) => text.trim().split(/\s+/);

export const pets = {
  adverbs: words(`
    barely boldly briefly calmly clearly closely daily deeply duly early easily evenly fairly firmly fondly freely gently
    gladly greatly hardly hugely ideally jointly kindly largely lately lightly loudly mainly merely mildly nearly neatly
    newly openly partly plainly promptly quickly quietly rarely readily really sharply slowly smoothly softly solely
    steadily strongly surely swiftly truly usually vastly warmly wholly widely willingly wisely`),
  adjectives: words(`
    able alert alive amazed ample apt bold brave bright brief busy calm casual certain cheerful civil clean clear clever
    close cosmic cool credible crisp cute daring decent deep direct driven eager easy equal exact fair famous fancy fast
    fine firm fit fluent fond frank free fresh full funny gentle glad golden good grand great handy happy honest humble
    ideal keen kind large legal lively lucky merry modern moral neat neutral nice noble open patient polite popular proud
    quick quiet rapid ready real rested robust sacred safe saved select sharp simple smart smooth solid sound stable still
    strong subtle sunny super supreme sure sweet tidy tough trusted upward usable useful valid vital warm wealthy well
    willing wired wise witty working worthy`),
  names: words(`
    adder akita alpaca ant antelope asp badger barnacle bass bat beagle bear bee beetle bengal bird bison bobcat boxer
    buck bull bunny burro cardinal cat catfish chamois cicada clam cobra cod collie colt condor corgi cougar cow coyote
    crab crane cricket crow deer dingo doe dog dolphin donkey dove dragon drake duck eagle eel eft elephant elk emu falcon
    fawn feline ferret finch fish flea flounder fly fowl fox frog gannet gazelle gecko gibbon goat goose gopher grouse
    grub gull haddock hare hawk hen hermit heron herring hog honeybee hornet horse hound husky ibex iguana jackal jaguar
    jay jennet kangaroo kid kit kite kitten koala koi krill ladybird lark lemming lemur lion lizard llama lobster locust
    lynx macaw mackerel magpie mako mallard mammoth mink minnow mole monkey monster moose moth mouse mule
    muskox mustang newt ocelot octopus opossum orca oriole osprey owl ox oyster panda panther parrot pegasus pelican
    penguin perch pheasant phoenix pig pigeon piglet pika pipefish polecat pony poodle prawn puma pug python quagga quail
    rabbit raccoon ram rat raven redbird reindeer rhino robin rooster sailfish salmon sawfish seagull seal shark sheep
    shrew shrimp skink skunk skylark sloth slug snail snake sparrow spider sponge squid squirrel stag starfish stinkbug
    stork stud sturgeon sunbird sunfish swan swift tahr tapir teal termite terrapin thrush tick tiger titmouse toad
    toucan trout turkey turtle unicorn urchin viper vervet vulture wahoo wallaby walleye walrus warthog wasp weasel weevil
    whale whippet wildcat wolf wombat woodcock worm wren yak yeti zebra`),
} as const;
