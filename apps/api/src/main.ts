import {x} from '@prior/config'; import {NestFactory} from '@nestjs/core'; console.log(x, typeof NestFactory);
